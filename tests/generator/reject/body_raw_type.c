/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * The body as it is, is a text or bytes.
 */
#include <weft/prelude.h>

static http_status keep(int32_t body BODY, OPTIONAL(str) other BODY)
{
    return body || other.present ? HTTP_OK : HTTP_NO_CONTENT;
}

static const route api[] = {
    POST("/", keep),
};
