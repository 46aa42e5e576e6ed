/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * What trying got is given back only if there was work.
 *
 * gcc: accepts
 * clang: 'lock' is not held on every path
 */
#include <weft/prelude.h>

bool take_one(mutex *lock, int64_t *left)
{
    if (!mutex_try_lock(lock))
        return false;
    if (*left == 0)
        return false;
    --*left;
    mutex_unlock(lock);
    return true;
}
