/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * layer/from.c: a layer from a function of the user's.
 */
#include <weft/layer.h>

static weft_http_status run(const weft_layer *self, weft_request *request, weft_response *response,
                            weft_next *next)
{
    return self->function(request, response, next);
}

weft_layer weft__layer_from(const char *name, weft_layer_fn *function)
{
    return (weft_layer){.name = name, .run = run, .function = function};
}
