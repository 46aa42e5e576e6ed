/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * A row that cannot be sent leaves the COPY open, and its connection taken.
 *
 * gcc: accepts
 * clang: 'copy' is not held on every path
 */
#include <weft/prelude.h>

db_result load(database *db, str rows, int64_t *count)
{
    weft_copy *copy;
    TRY(weft_copy_begin(db, "COPY users (name) FROM STDIN", &copy));
    TRY(weft_copy_write(copy, rows));
    return weft_copy_end(copy, count);
}
