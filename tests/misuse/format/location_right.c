/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Each place has its argument.
 */
#include <weft/prelude.h>

weft_error locate(response *res, int32_t id);

weft_error locate(response *res, int32_t id)
{
    return id > 0 ? response_location(res, "/users/%d", id) : WEFT_INVALID;
}
