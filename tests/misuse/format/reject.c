/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * A number is printed as a string.
 *
 * gcc: format '%s' expects argument of type 'char \*'
 * clang: format specifies type 'char \*'
 */
#include <inttypes.h>
#include <weft/prelude.h>

http_status refuse(request *req, int64_t number);

http_status refuse(request *req, int64_t number)
{
    return reject(req, HTTP_CONFLICT, "order %s is paid", number);
}
