/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Every way out closes it.
 */
#include <weft/prelude.h>

weft_error read_head(const char *path, char *to, size_t len)
{
    weft_file *file;
    size_t got = 0;
    TRY(weft_file_open(&file, path, WEFT_FILE_READ));
    weft_error error = weft_file_read_at(file, to, len, 0, &got);
    weft_file_close(file);
    return !error && got < len ? WEFT_INVALID : error;
}
