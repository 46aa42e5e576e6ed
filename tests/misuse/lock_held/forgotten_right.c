/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Who locks unlocks.
 */
#include <weft/prelude.h>

weft_error count_up(mutex *lock, int64_t *number)
{
    TRY(mutex_lock(lock, NEVER));
    ++*number;
    mutex_unlock(lock);
    return WEFT_OK;
}
