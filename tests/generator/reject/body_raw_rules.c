/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * The body as it is has no rules.
 */
#include <weft/prelude.h>

static http_status keep(str body BODY LENGTH(1, 80))
{
    return body.len ? HTTP_OK : HTTP_NO_CONTENT;
}

static const route api[] = {
    POST("/", keep),
};
