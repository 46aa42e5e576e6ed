/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * The ladder of labels closes what was closed on the way.
 *
 * gcc: accepts
 * clang: releasing file 'in' that was not held
 */
#include <weft/prelude.h>

weft_error copy_head(const char *from, const char *to)
{
    char head[512];
    size_t got;
    weft_file *in, *out;
    TRY(weft_file_open(&in, from, WEFT_FILE_READ));
    weft_error error = weft_file_read_at(in, head, sizeof head, 0, &got);
    weft_file_close(in);
    if (error != WEFT_OK)
        goto done;
    error = weft_file_open(&out, to, WEFT_FILE_WRITE | WEFT_FILE_CREATE);
    if (error != WEFT_OK)
        goto done;
    error = weft_file_write_at(out, head, got, 0);
    weft_file_close(out);
done:
    weft_file_close(in);
    return error;
}
