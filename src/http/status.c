/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * http/status.c: reason phrases, from the one list in weft/http.h.
 */
#include <weft/http.h>

const char *weft_http_status_text(weft_http_status status)
{
    switch (status) {
#define CASE(name, value, text) \
    case WEFT_HTTP_##name: return text;
        WEFT_HTTP_STATUSES(CASE)
#undef CASE
    }
    return "Unknown";
}
