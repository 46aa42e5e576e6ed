/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * The room is what it is told.
 */
#include <weft/prelude.h>

weft_error peek(weft_file *file, size_t *got) USES(file);

weft_error peek(weft_file *file, size_t *got)
{
    char head[16];
    TRY(weft_file_read_at(file, head, sizeof head, 0, got));
    return *got < sizeof head || head[0] != '#' ? WEFT_INVALID : WEFT_OK;
}
