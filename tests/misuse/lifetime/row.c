/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * A row of a cursor is used when the cursor has gone on.
 *
 * weftgen: the texts in "one" live until the next row is read, but "out" is used then
 */
#include <weft/prelude.h>

DERIVE(row)
typedef struct user {
    int32_t id;
    str name;
} user;
CURSOR_OF(user);

db_result each_user(database *db, CURSOR(user) *rows) TRY_OPENS(rows);

http_status longest(database *db, str *out);

http_status longest(database *db, str *out)
{
    CURSOR(user) rows;
    TRY(each_user(db, &rows));
    for (user one; cursor_next(&rows, &one);)
        if (one.name.len > out->len)
            *out = one.name;
    TRY(cursor_close(&rows));
    return HTTP_OK;
}
