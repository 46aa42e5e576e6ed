/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * It is aborted.
 */
#include <weft/prelude.h>

db_result load(database *db, str rows, int64_t *count)
{
    weft_copy *copy;
    TRY(weft_copy_begin(db, "COPY users (name) FROM STDIN", &copy));
    db_result result = weft_copy_write(copy, rows);
    if (result == WEFT_DB_OK)
        return weft_copy_end(copy, count);
    weft_copy_abort(copy);
    return result;
}
