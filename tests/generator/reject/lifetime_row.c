/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * A row of a cursor is used when the next one has been read.
 */
#include <weft/prelude.h>

DERIVE(json, row)
typedef struct user {
    int32_t id;
    str name;
} user;
CURSOR_OF(user);

SQL("SELECT id, name FROM authors ORDER BY id")
db_result each_user(database *db, CURSOR(user) * rows);

http_status longest(database *db, user *out, user *list);
http_status longest(database *db, user *out, user *list)
{
    CURSOR(user) rows;
    str name = STR("");
    size_t count = 0;
    TRY(each_user(db, &rows));
    for (user one; cursor_next(&rows, &one);) {
        if (one.name.len > name.len)
            name = one.name;
        list[count++] = one;
        str here = one.name;
        if (here.len == 3)
            out->name = here;
        *out = one;
    }
    TRY(cursor_close(&rows));
    return name.len > 0 ? HTTP_OK : HTTP_NOT_FOUND;
}

str first(database *db);
str first(database *db)
{
    CURSOR(user) rows;
    user one = {.id = 0};
    if (each_user(db, &rows) != WEFT_DB_OK || !cursor_next(&rows, &one))
        return STR("");
    str name = one.name;
    return cursor_close(&rows) == WEFT_DB_OK ? name : STR("");
}
