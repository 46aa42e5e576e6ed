/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * The text is written into the request's memory.
 *
 * weftgen: accepts
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
    bool copied = weft_arena_copy(memory, view, &out->text);
    return copied ? HTTP_OK : HTTP_SERVICE_UNAVAILABLE;
}
