/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Who sends hears of it.
 */
#include <weft/prelude.h>

weft_error tell(channel *news, int64_t number);

weft_error tell(channel *news, int64_t number)
{
    TRY(channel_send(news, &number, NEVER));
    return WEFT_OK;
}
