/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * A cookie whose name cannot be sent.
 */
#include <weft/prelude.h>

static http_status show(str theme COOKIE("my theme"))
{
    return theme.len ? HTTP_OK : HTTP_NO_CONTENT;
}

static const route api[] = {
    GET("/", show),
};
