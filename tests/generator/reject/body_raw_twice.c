/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * A request has one body, in whatever form.
 */
#include <weft/prelude.h>

DERIVE(json)
typedef struct settings {
    str theme;
} settings;

static http_status keep(const settings *in, bytes body BODY)
{
    return body.len && in->theme.len ? HTTP_OK : HTTP_NO_CONTENT;
}

static const route api[] = {
    POST("/", keep),
};
