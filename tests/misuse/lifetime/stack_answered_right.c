/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * It stands in the request's memory.
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
    out->text = weft_arena_printf(memory, "No. %d", id);
    return out->text.at != NULL ? HTTP_OK : HTTP_SERVICE_UNAVAILABLE;
}
