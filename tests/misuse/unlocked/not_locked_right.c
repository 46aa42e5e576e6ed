/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * The lock is held.
 */
#include <weft/prelude.h>

typedef struct tally {
    int64_t visits;
} tally;
GUARDED_OF(tally);

weft_error visit(GUARDED(tally) *counted)
{
    TRY(mutex_lock(&counted->lock, NEVER));
    locked(counted)->visits++;
    mutex_unlock(&counted->lock);
    return WEFT_OK;
}
