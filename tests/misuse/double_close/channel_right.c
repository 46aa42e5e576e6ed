/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * One of them does.
 */
#include <weft/prelude.h>

weft_error exchange(int64_t *number)
{
    channel *numbers = channel_create(sizeof *number, 1);
    if (numbers == NULL)
        return WEFT_NO_MEMORY;
    weft_error error = channel_try_receive(numbers, number);
    channel_destroy(numbers);
    return error;
}
