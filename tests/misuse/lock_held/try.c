/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * TRY leaves the function, and the lock stays held.
 *
 * gcc: accepts
 * clang: 'to->lock' is not held on every path
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
    TRY(weft_file_write_at(to->file, line.at, line.len, to->len));
    to->len += line.len;
    mutex_unlock(&to->lock);
    return WEFT_OK;
}
