/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * The size is asked for while the file is open.
 */
#include <weft/prelude.h>

weft_error measure(const char *path, uint64_t *size)
{
    weft_file *file;
    TRY(weft_file_open(&file, path, WEFT_FILE_READ));
    weft_error error = weft_file_size(file, size);
    weft_file_close(file);
    return error;
}
