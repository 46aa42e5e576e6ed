/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * layer/from.c: a layer from a function of the user's.
 */
#include <weft/layer.h>

weft_http_status weft__from(const weft_layer *self, weft_request *request, weft_response *response,
                            weft_next *next)
{
    return self->function(request, response, next);
}
