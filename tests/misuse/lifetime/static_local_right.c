/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * It remembers a number.
 *
 * weftgen: accepts
 */
#include <weft/prelude.h>

http_status greet(str name);

http_status greet(str name)
{
    static size_t before;
    http_status status = name.len == before ? HTTP_CONFLICT : HTTP_OK;
    before = name.len;
    return status;
}
