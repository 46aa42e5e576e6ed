/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Who holds the lock waits for itself.
 *
 * gcc: accepts
 * clang: acquiring mutex 'lock' that is already held|acquiring lock 'lock' that is already held
 */
#include <weft/prelude.h>

static weft_error add(mutex *lock, int64_t *number)
{
    TRY(mutex_lock(lock, NEVER));
    TRY(mutex_lock(lock, NEVER));
    ++*number;
    mutex_unlock(lock);
    return WEFT_OK;
}

weft_error count_up(mutex *lock, int64_t *number)
{
    return add(lock, number);
}
