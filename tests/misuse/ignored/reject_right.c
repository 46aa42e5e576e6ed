/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * The refusal is what the handler returns.
 */
#include <weft/prelude.h>

http_status order(request *req, int32_t count);

http_status order(request *req, int32_t count)
{
    if (count < 1)
        return reject(req, HTTP_CONFLICT, "nothing to order");
    return HTTP_CREATED;
}
