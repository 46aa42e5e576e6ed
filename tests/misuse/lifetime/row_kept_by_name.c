/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * A variable outside the loop keeps the text of the row before.
 *
 * weftgen: the texts in "one" live until the next row is read, but "before" is used then
 */
#include <weft/prelude.h>

DERIVE(row)
typedef struct user {
    int32_t id;
    str name;
} user;
CURSOR_OF(user);

db_result each_user(database *db, CURSOR(user) *rows) TRY_OPENS(rows);

http_status twins(database *db, int64_t *count);

http_status twins(database *db, int64_t *count)
{
    CURSOR(user) rows;
    str before = STR("");
    TRY(each_user(db, &rows));
    for (user one; cursor_next(&rows, &one);) {
        *count += weft_str_equal(one.name, before);
        before = one.name;
    }
    TRY(cursor_close(&rows));
    return HTTP_OK;
}
