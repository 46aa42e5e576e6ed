/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * A file is read into less room than it is told.
 *
 * gcc: writing 64 bytes into a region of size 16|accessing 64 bytes in a region of size 16
 * clang: there is less room than that
 */
#include <weft/prelude.h>

weft_error peek(weft_file *file, size_t *got) USES(file);

weft_error peek(weft_file *file, size_t *got)
{
    char head[16];
    TRY(weft_file_read_at(file, head, 64, 0, got));
    return *got < sizeof head || head[0] != '#' ? WEFT_INVALID : WEFT_OK;
}
