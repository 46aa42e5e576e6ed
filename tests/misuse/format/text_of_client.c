/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * What a client sent is the format itself.
 *
 * gcc: format not a string literal
 * clang: format string is not a string literal
 */
#include <weft/prelude.h>

http_status refuse(request *req, const char *why);

http_status refuse(request *req, const char *why)
{
    return reject(req, HTTP_BAD_REQUEST, why);
}
