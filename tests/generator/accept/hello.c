/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * The smallest program: one handler that writes its response itself.
 */
#include <weft/prelude.h>

static http_status hello(response *res)
{
    return response_text(res, STR("hello")) == WEFT_OK ? HTTP_OK : HTTP_INTERNAL_SERVER_ERROR;
}

static http_status nothing(void)
{
    return HTTP_NO_CONTENT;
}

static const route api[] = {
    GET("/", hello),
    ANY("/nothing", nothing),
};

int main(void)
{
    router app = {.routes = ROUTES(api)};
    return serve("127.0.0.1:3000", &app);
}
