/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * It is unlocked on one way only.
 *
 * gcc: accepts
 * clang: 'lock' is not held on every path
 */
#include <weft/prelude.h>

weft_error count_up(mutex *lock, int64_t *number, int64_t most)
{
    TRY(mutex_lock(lock, NEVER));
    if (*number == most)
        return WEFT_LIMIT;
    ++*number;
    mutex_unlock(lock);
    return WEFT_OK;
}
