/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * A view of a text on the stack is answered with.
 *
 * weftgen: "text" is gone when get_label returns, but "out" is used then
 */
#include <weft/prelude.h>

DERIVE(json)
typedef struct label {
    str text;
} label;

http_status get_label(int32_t id, label *out, arena *memory);

http_status get_label(int32_t id, label *out, arena *memory)
{
    char text[16];
    int len = snprintf(text, sizeof text, "No. %d", id);
    str view = {text, (size_t)len};
    out->text = view;
    return memory != NULL ? HTTP_OK : HTTP_NOT_FOUND;
}
