/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * An optional is taken for its value.
 *
 * gcc: incompatible types when assigning
 * clang: assigning to 'int32_t'.* from incompatible type
 */
#include <weft/prelude.h>

http_status list(OPTIONAL(int32_t) limit, int32_t *out);

http_status list(OPTIONAL(int32_t) limit, int32_t *out)
{
    *out = limit;
    return HTTP_OK;
}
