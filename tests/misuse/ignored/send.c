/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * A message may not have gone out: the channel may be closed.
 *
 * gcc: ignoring return value of .*weft_channel_send
 * clang: ignoring return value of function declared with 'warn_unused_result'
 */
#include <weft/prelude.h>

weft_error tell(channel *news, int64_t number);

weft_error tell(channel *news, int64_t number)
{
    channel_send(news, &number, NEVER);
    return WEFT_OK;
}
