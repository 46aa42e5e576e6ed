/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * layer/upload_limits.c: what forms may have, for the handlers inside.
 */
#include "http/message.h"
#include <weft/layer.h>

weft_http_status weft__upload_limits(const weft_layer *self, weft_request *request,
                                     weft_response *response, weft_next *next)
{
    request->multipart = self->settings;
    return weft_next_run(next, request, response);
}
