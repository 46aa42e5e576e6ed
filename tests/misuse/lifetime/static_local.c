/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * A function remembers a text from one call to the next.
 *
 * weftgen: but "before" is str, which ends with its request
 */
#include <weft/prelude.h>

http_status greet(str name);

http_status greet(str name)
{
    static str before;
    http_status status = name.len == before.len ? HTTP_CONFLICT : HTTP_OK;
    before = name;
    return status;
}
