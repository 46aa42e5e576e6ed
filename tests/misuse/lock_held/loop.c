/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * The loop is left with the lock.
 *
 * gcc: accepts
 * clang: 'lock' is (still held at the end|not held on every path)
 */
#include <weft/prelude.h>

weft_error wait_for(mutex *lock, const bool *ready)
{
    for (;;) {
        TRY(mutex_lock(lock, NEVER));
        if (*ready)
            break;
        mutex_unlock(lock);
        TRY(weft_sleep(SECOND));
    }
    return WEFT_OK;
}
