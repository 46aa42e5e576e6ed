/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Both who made the channel and who emptied it destroy it.
 *
 * gcc: pointer .*numbers.* used after
 * clang: while mutex 'weft__end_of\(numbers\)' is held
 */
#include <weft/prelude.h>

weft_error exchange(int64_t *number)
{
    channel *numbers = channel_create(sizeof *number, 1);
    if (numbers == NULL)
        return WEFT_NO_MEMORY;
    weft_error error = channel_try_receive(numbers, number);
    if (error != WEFT_OK)
        goto done;
    channel_destroy(numbers);
    channel_destroy(numbers);
    return WEFT_OK;
done:
    channel_destroy(numbers);
    return error;
}
