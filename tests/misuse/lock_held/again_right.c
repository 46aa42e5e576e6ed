/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * The part that wants the lock held says so.
 */
#include <weft/prelude.h>

static void add(mutex *lock, int64_t *number) USES(lock);
static void add(mutex *lock, int64_t *number)
{
    (void)lock;
    ++*number;
}

weft_error count_up(mutex *lock, int64_t *number)
{
    TRY(mutex_lock(lock, NEVER));
    add(lock, number);
    mutex_unlock(lock);
    return WEFT_OK;
}
