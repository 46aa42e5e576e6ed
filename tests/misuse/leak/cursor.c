/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Who finds the row returns, and leaves the cursor open.
 *
 * gcc: accepts
 * clang: 'rows' is not held on every path
 */
#include <weft/prelude.h>

DERIVE(row)
typedef struct user {
    int32_t id;
} user;
CURSOR_OF(user);

SQL("SELECT id FROM users ORDER BY id")
db_result each_user(database *db, CURSOR(user) *rows) TRY_OPENS(rows);

db_result has_user(database *db, int32_t id, bool *found)
{
    CURSOR(user) rows;
    TRY(each_user(db, &rows));
    *found = false;
    for (user one; cursor_next(&rows, &one);)
        if (one.id == id) {
            *found = true;
            return WEFT_DB_OK;
        }
    return cursor_close(&rows);
}
