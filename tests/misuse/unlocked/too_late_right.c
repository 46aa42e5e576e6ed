/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * It is read before.
 */
#include <weft/prelude.h>

typedef struct tally {
    int64_t visits;
} tally;
GUARDED_OF(tally);

weft_error visit(GUARDED(tally) *counted, int64_t *count)
{
    TRY(mutex_lock(&counted->lock, NEVER));
    *count = ++locked(counted)->visits;
    mutex_unlock(&counted->lock);
    return WEFT_OK;
}
