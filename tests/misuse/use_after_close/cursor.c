/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * A row is read from a cursor that is closed.
 *
 * gcc: accepts
 * clang: requires holding mutex 'rows' exclusively
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
    bool there = cursor_next(&rows, out);
    TRY(cursor_close(&rows));
    return there && cursor_next(&rows, out) ? WEFT_DB_OK : WEFT_DB_NONE;
}
