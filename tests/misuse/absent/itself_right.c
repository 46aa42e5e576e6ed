/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Its value is what is used, where it is there.
 */
#include <weft/prelude.h>

http_status list(OPTIONAL(int32_t) limit, int32_t *out);

http_status list(OPTIONAL(int32_t) limit, int32_t *out)
{
    *out = 20;
    IF_SOME(wanted, limit)
    *out = wanted < 100 ? wanted : 100;
    return HTTP_OK;
}
