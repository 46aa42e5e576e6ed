/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * It is an argument.
 */
#include <weft/prelude.h>

http_status refuse(request *req, const char *why);

http_status refuse(request *req, const char *why)
{
    return reject(req, HTTP_BAD_REQUEST, "%s", why);
}
