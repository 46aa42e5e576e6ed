/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Nobody unlocks.
 *
 * gcc: accepts
 * clang: 'lock' is (still held at the end|not held on every path)
 */
#include <weft/prelude.h>

weft_error count_up(mutex *lock, int64_t *number)
{
    TRY(mutex_lock(lock, NEVER));
    ++*number;
    return WEFT_OK;
}
