/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Echo: any method, any path: 200 and the body that came.
 */
#include <weft/prelude.h>

/// Answer with the request's own body and content type.
static http_status echo(request *req, response *res)
{
    str body;
    TRY(request_body(req, &body));
    str type = request_header(req, "content-type");
    if (type.len == 0)
        type = STR("application/octet-stream");
    weft_buffer_append_str(response_body(res, type), body);
    return HTTP_OK;
}

static const route everything[] = {
    ANY("/", echo),
    ANY("/{*rest}", echo),
};

int main(void)
{
    router app = {
        .layers = LAYERS(trace()),
        .routes = ROUTES(everything),
    };
    return serve("127.0.0.1:3000", &app);
}
