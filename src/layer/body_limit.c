/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * layer/body_limit.c: another limit of the request's body than the server's.
 */
#include <weft/body.h>
#include <weft/layer.h>

weft_http_status weft__body_limit(const weft_layer *self, weft_request *request,
                                  weft_response *response, weft_next *next)
{
    weft_request_body_limit(request, (uint64_t)self->number);
    return weft_next_run(next, request, response);
}
