/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * A copy of its own keeps it.
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

http_status twins(database *db, int64_t *count);

http_status twins(database *db, int64_t *count)
{
    CURSOR(user) rows;
    kept_str before = {0};
    weft_error error = WEFT_OK;
    TRY(each_user(db, &rows));
    for (user one; error == WEFT_OK && cursor_next(&rows, &one);) {
        *count += weft_str_equal(one.name, kept_view(before));
        error = kept_set(&before, one.name);
    }
    kept_finish(&before);
    TRY(cursor_close(&rows));
    return error == WEFT_OK ? HTTP_OK : HTTP_SERVICE_UNAVAILABLE;
}
