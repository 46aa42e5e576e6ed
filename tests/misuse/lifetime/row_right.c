/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * What is needed of the row is copied.
 *
 * weftgen: accepts
 */
#include <weft/prelude.h>

DERIVE(row)
typedef struct user {
    int32_t id;
    str name;
} user;
CURSOR_OF(user);

db_result each_user(database *db, CURSOR(user) *rows) TRY_OPENS(rows);

http_status longest(database *db, arena *memory, str *out);

http_status longest(database *db, arena *memory, str *out)
{
    CURSOR(user) rows;
    bool copied = true;
    TRY(each_user(db, &rows));
    for (user one; copied && cursor_next(&rows, &one);)
        if (one.name.len > out->len)
            copied = weft_arena_copy(memory, one.name, out);
    TRY(cursor_close(&rows));
    return copied ? HTTP_OK : HTTP_SERVICE_UNAVAILABLE;
}
