/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * The file is closed when its size is asked for.
 *
 * gcc: accepts
 * clang: requires holding file 'file' exclusively
 */
#include <weft/prelude.h>

weft_error measure(const char *path, uint64_t *size)
{
    weft_file *file;
    TRY(weft_file_open(&file, path, WEFT_FILE_READ));
    weft_file_close(file);
    return weft_file_size(file, size);
}
