/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Nothing leaves between locking and unlocking.
 */
#include <weft/prelude.h>

typedef struct book {
    mutex lock;
    weft_file *file;
    uint64_t len;
} book;

weft_error append(book *to, str line)
{
    LENT(to->file);
    TRY(mutex_lock(&to->lock, NEVER));
    weft_error error = weft_file_write_at(to->file, line.at, line.len, to->len);
    if (!error)
        to->len += line.len;
    mutex_unlock(&to->lock);
    return error;
}
