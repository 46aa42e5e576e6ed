/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Rows are collected whose texts live until the next one.
 *
 * weftgen: the texts in "one" live until the next row is read, but "into" is used then
 */
#include <weft/prelude.h>

DERIVE(row)
typedef struct user {
    int32_t id;
    str name;
} user;
CURSOR_OF(user);
ARRAY_OF(user);

db_result each_user(database *db, CURSOR(user) *rows) TRY_OPENS(rows);
db_result all_users(database *db, ARRAY(user) *rows);

http_status list(database *db, user *into, size_t room);

http_status list(database *db, user *into, size_t room)
{
    CURSOR(user) rows;
    size_t count = 0;
    TRY(each_user(db, &rows));
    for (user one; count < room && cursor_next(&rows, &one);)
        into[count++] = one;
    TRY(cursor_close(&rows));
    return HTTP_OK;
}
