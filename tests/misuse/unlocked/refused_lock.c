/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Trying to lock has failed, and the value is taken all the same.
 *
 * gcc: accepts
 * clang: requires holding lock 'counted->lock' exclusively
 */
#include <weft/prelude.h>

typedef struct tally {
    int64_t visits;
} tally;
GUARDED_OF(tally);

int64_t visits_so_far(GUARDED(tally) *counted)
{
    int64_t visits = 0;
    if (mutex_try_lock(&counted->lock))
        mutex_unlock(&counted->lock);
    else
        visits = locked(counted)->visits;
    return visits;
}
