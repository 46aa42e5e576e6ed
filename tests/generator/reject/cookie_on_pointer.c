/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * A cookie is one value.
 */
#include <weft/prelude.h>

DERIVE(json)
typedef struct settings {
    str theme;
} settings;

static http_status change(const settings *in COOKIE("settings"))
{
    return in->theme.len ? HTTP_OK : HTTP_NO_CONTENT;
}

static const route api[] = {
    PUT("/", change),
};
