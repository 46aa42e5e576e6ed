/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * The value of an optional is used without asking whether it is there.
 *
 * gcc: has no member named 'value'
 * clang: no member named 'value'
 */
#include <weft/prelude.h>

http_status list(OPTIONAL(int32_t) limit, int32_t *out);

http_status list(OPTIONAL(int32_t) limit, int32_t *out)
{
    *out = limit.value;
    return HTTP_OK;
}
