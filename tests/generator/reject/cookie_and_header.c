/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * A parameter comes from one place.
 */
#include <weft/prelude.h>

static http_status show(str theme HEADER("x-theme") COOKIE("theme"))
{
    return theme.len ? HTTP_OK : HTTP_NO_CONTENT;
}

static const route api[] = {
    GET("/", show),
};
