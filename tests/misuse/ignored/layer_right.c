/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * It answers what was answered.
 */
#include <weft/prelude.h>

http_status count(request *req, response *res, next *rest);

http_status count(request *req, response *res, next *rest)
{
    return next_run(rest, req, res);
}
