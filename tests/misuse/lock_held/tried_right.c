/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * It is given back whenever it was got.
 */
#include <weft/prelude.h>

bool take_one(mutex *lock, int64_t *left)
{
    if (!mutex_try_lock(lock))
        return false;
    bool some = *left > 0;
    *left -= some;
    mutex_unlock(lock);
    return some;
}
