/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * It is unlocked on both.
 */
#include <weft/prelude.h>

weft_error count_up(mutex *lock, int64_t *number, int64_t most)
{
    TRY(mutex_lock(lock, NEVER));
    bool more = *number < most;
    if (more)
        ++*number;
    mutex_unlock(lock);
    return more ? WEFT_OK : WEFT_LIMIT;
}
