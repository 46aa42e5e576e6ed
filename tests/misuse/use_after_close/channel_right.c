/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * The item is sent first.
 */
#include <weft/prelude.h>

weft_error send_one(int64_t number)
{
    channel *numbers = channel_create(sizeof number, 1);
    if (numbers == NULL)
        return WEFT_NO_MEMORY;
    weft_error error = channel_send(numbers, &number, NEVER);
    channel_destroy(numbers);
    return error;
}
