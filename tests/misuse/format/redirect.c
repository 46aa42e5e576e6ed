/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * A place for a string gets a number.
 *
 * gcc: format '%s' expects argument of type 'char \*'
 * clang: format specifies type 'char \*'
 */
#include <weft/prelude.h>

http_status created(response *res, int64_t id);

http_status created(response *res, int64_t id)
{
    return redirect(res, HTTP_SEE_OTHER, "/orders/%s", id);
}
