/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * The lock is given back in each turn.
 */
#include <weft/prelude.h>

weft_error wait_for(mutex *lock, const bool *ready)
{
    for (bool done = false; !done;) {
        TRY(mutex_lock(lock, NEVER));
        done = *ready;
        mutex_unlock(lock);
        if (!done)
            TRY(weft_sleep(SECOND));
    }
    return WEFT_OK;
}
