/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * weftgen/write/line.c: lists that stay inside the page.
 */
#include "write/line.h"

enum { LINE_MAX_WIDTH = 96 };

static size_t line_width(const gen_text *out)
{
    size_t width = 0;
    while (width < out->len && out->at[out->len - width - 1] != '\n')
        width++;
    return width;
}

void line_add(gen_text *out, bool first, const char *item)
{
    bool breaks = line_width(out) + strlen(item) + 2 > LINE_MAX_WIDTH;
    weft_buffer_printf(out, "%s%s%s", first ? "" : ",",
                       breaks  ? "\n        "
                       : first ? ""
                               : " ",
                       item);
}
