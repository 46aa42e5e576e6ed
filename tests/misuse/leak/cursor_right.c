/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Who finds it closes it.
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
    for (user one; !*found && cursor_next(&rows, &one);)
        *found = one.id == id;
    return cursor_close(&rows);
}
