/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * GET has no body, in no form.
 */
#include <weft/prelude.h>

static http_status keep(str body BODY)
{
    return body.len ? HTTP_OK : HTTP_NO_CONTENT;
}

static const route api[] = {
    GET("/", keep),
};
