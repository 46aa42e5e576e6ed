/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * The early return forgets the file.
 *
 * gcc: accepts
 * clang: 'file' is not held on every path
 */
#include <weft/prelude.h>

weft_error read_head(const char *path, char *to, size_t len)
{
    weft_file *file;
    size_t got;
    TRY(weft_file_open(&file, path, WEFT_FILE_READ));
    weft_error error = weft_file_read_at(file, to, len, 0, &got);
    if (got < len)
        return WEFT_INVALID;
    weft_file_close(file);
    return error;
}
