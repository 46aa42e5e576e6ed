/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Parameters out of cookies, and bodies as they are.
 */
#include <weft/prelude.h>

static http_status show_theme(str theme COOKIE("theme"), OPTIONAL(str) session COOKIE("__Host-sid"),
                              int32_t visits COOKIE("visits") DEFAULT(0) RANGE(0, 1000),
                              response *res)
{
    bool known = session.present && visits > 0;
    return response_text(res, known ? theme : STR("?")) == WEFT_OK ? HTTP_OK
                                                                   : HTTP_INTERNAL_SERVER_ERROR;
}

static http_status keep_text(int64_t id, str text BODY)
{
    return id > 0 && text.len != 0 ? HTTP_NO_CONTENT : HTTP_UNPROCESSABLE_CONTENT;
}

static http_status keep_bytes(bytes image BODY)
{
    return image.len != 0 ? HTTP_NO_CONTENT : HTTP_UNPROCESSABLE_CONTENT;
}

static const route api[] = {
    GET("/theme", show_theme),
    PUT("/notes/{id}", keep_text),
    PUT("/image", keep_bytes),
};
