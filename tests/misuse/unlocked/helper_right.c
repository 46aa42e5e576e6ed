/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * It is called with it.
 */
#include <weft/prelude.h>

typedef struct tally {
    int64_t visits;
} tally;
GUARDED_OF(tally);

void reset(GUARDED(tally) *counted) USES(counted->lock);

weft_error start_anew(GUARDED(tally) *counted)
{
    TRY(mutex_lock(&counted->lock, NEVER));
    reset(counted);
    mutex_unlock(&counted->lock);
    return WEFT_OK;
}
