/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * What to take when it is not there is said.
 */
#include <weft/prelude.h>

http_status list(OPTIONAL(int32_t) limit, int32_t *out);

http_status list(OPTIONAL(int32_t) limit, int32_t *out)
{
    *out = VALUE_OR(limit, 20);
    return HTTP_OK;
}
