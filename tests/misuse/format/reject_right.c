/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * A number is printed as a number.
 */
#include <inttypes.h>
#include <weft/prelude.h>

http_status refuse(request *req, int64_t number);

http_status refuse(request *req, int64_t number)
{
    return reject(req, HTTP_CONFLICT, "order %" PRId64 " is paid", number);
}
