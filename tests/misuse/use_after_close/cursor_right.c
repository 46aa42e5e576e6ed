/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Rows are read until the cursor is closed.
 */
#include <weft/prelude.h>

DERIVE(row)
typedef struct user {
    int32_t id;
} user;
CURSOR_OF(user);

SQL("SELECT id FROM users ORDER BY id")
db_result each_user(database *db, CURSOR(user) *rows) TRY_OPENS(rows);

db_result second_user(database *db, user *out)
{
    CURSOR(user) rows;
    TRY(each_user(db, &rows));
    bool there = cursor_next(&rows, out) && cursor_next(&rows, out);
    TRY(cursor_close(&rows));
    return there ? WEFT_DB_OK : WEFT_DB_NONE;
}
