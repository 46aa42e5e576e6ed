/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * An answer's text stands on the handler's stack.
 *
 * gcc: storing the address of local variable .text. in 
 * clang: accepts
 */
#include <stdio.h>
#include <weft/prelude.h>

DERIVE(json)
typedef struct label {
    str text;
} label;

http_status get_label(int32_t id, label *out, arena *memory);

http_status get_label(int32_t id, label *out, arena *memory)
{
    char text[16];
    out->text.len = (size_t)snprintf(text, sizeof text, "No. %d", id);
    out->text.at = text;
    return memory != NULL ? HTTP_OK : HTTP_NOT_FOUND;
}
