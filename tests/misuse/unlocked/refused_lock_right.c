/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * It is taken when the lock was to be had.
 */
#include <weft/prelude.h>

typedef struct tally {
    int64_t visits;
} tally;
GUARDED_OF(tally);

int64_t visits_so_far(GUARDED(tally) *counted)
{
    int64_t visits = 0;
    if (mutex_try_lock(&counted->lock)) {
        visits = locked(counted)->visits;
        mutex_unlock(&counted->lock);
    }
    return visits;
}
