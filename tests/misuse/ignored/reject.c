/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * A request is refused, and the handler goes on.
 *
 * gcc: ignoring return value of .*weft_rejectf
 * clang: ignoring return value of function declared with 'warn_unused_result'
 */
#include <weft/prelude.h>

http_status order(request *req, int32_t count);

http_status order(request *req, int32_t count)
{
    if (count < 1)
        reject(req, HTTP_CONFLICT, "nothing to order");
    return HTTP_CREATED;
}
