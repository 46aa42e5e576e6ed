/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * An item is sent to a channel that was destroyed.
 *
 * gcc: pointer .*numbers.* used after
 * clang: while mutex 'weft__end_of\(numbers\)' is held
 */
#include <weft/prelude.h>

weft_error send_one(int64_t number)
{
    channel *numbers = channel_create(sizeof number, 1);
    if (numbers == NULL)
        return WEFT_NO_MEMORY;
    channel_destroy(numbers);
    return channel_send(numbers, &number, NEVER);
}
