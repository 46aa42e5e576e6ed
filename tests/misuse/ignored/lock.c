/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * A lock may not have been taken: the deadline may have come first.
 *
 * gcc: ignoring return value of .*weft_mutex_lock
 * clang: ignoring return value|releasing .* not held
 */
#include <weft/prelude.h>

void count(mutex *lock, int32_t *visits);

void count(mutex *lock, int32_t *visits)
{
    mutex_lock(lock, deadline_after(SECOND));
    ++*visits;
    mutex_unlock(lock);
}
