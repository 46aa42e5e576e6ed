/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * A cursor is no data.
 */
#include <weft/prelude.h>

DERIVE(row)
typedef struct line {
    int32_t number;
} line;
CURSOR_OF(line);

DERIVE(json)
typedef struct page {
    CURSOR(line) lines;
} page;

int main(void)
{
}
