/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Without the lock nothing is counted.
 */
#include <weft/prelude.h>

void count(mutex *lock, int32_t *visits);

void count(mutex *lock, int32_t *visits)
{
    if (mutex_lock(lock, deadline_after(SECOND)) != WEFT_OK)
        return;
    ++*visits;
    mutex_unlock(lock);
}
