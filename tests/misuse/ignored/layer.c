/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * A layer calls what is inside and forgets what it answered.
 *
 * gcc: ignoring return value of .*weft_next_run
 * clang: ignoring return value of function declared with 'warn_unused_result'
 */
#include <weft/prelude.h>

http_status count(request *req, response *res, next *rest);

http_status count(request *req, response *res, next *rest)
{
    next_run(rest, req, res);
    return HTTP_OK;
}
