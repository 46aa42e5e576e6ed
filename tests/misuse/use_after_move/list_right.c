/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * It is read first.
 */
#include <weft/prelude.h>

/* Files that others will close. */
void pile_add(void *pile, weft_file *file) CLOSES(file);

weft_error pile_up(void *pile, const char *path, uint64_t *size)
{
    weft_file *file;
    TRY(weft_file_open(&file, path, WEFT_FILE_READ));
    weft_error error = weft_file_size(file, size);
    pile_add(pile, file);
    return error;
}
