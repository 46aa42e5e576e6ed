/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * It is reached by it.
 */
#include <weft/prelude.h>

typedef struct tally {
    int64_t visits;
} tally;
GUARDED_OF(tally);

weft_error visits_so_far(GUARDED(tally) *counted, int64_t *visits)
{
    TRY(mutex_lock(&counted->lock, NEVER));
    *visits = locked(counted)->visits;
    mutex_unlock(&counted->lock);
    return WEFT_OK;
}
