/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Rows that are all wanted are read as a list.
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
ARRAY_OF(user);

db_result each_user(database *db, CURSOR(user) *rows) TRY_OPENS(rows);
db_result all_users(database *db, ARRAY(user) *rows);

http_status list(database *db, ARRAY(user) *into);

http_status list(database *db, ARRAY(user) *into)
{
    TRY(all_users(db, into));
    return HTTP_OK;
}
