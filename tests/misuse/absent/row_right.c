/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Without a row the answer is 404.
 */
#include <weft/prelude.h>

DERIVE(json, row)
typedef struct user {
    int32_t id;
    str name;
} user;
OPTIONAL_OF(user);

SQL("SELECT id, name FROM users ORDER BY id DESC LIMIT 1")
http_status newest_user(database *db, OPTIONAL(user) *row);

http_status get_newest(database *db, user *out);

http_status get_newest(database *db, user *out)
{
    OPTIONAL(user) newest;
    TRY(newest_user(db, &newest));
    *out = SOME_OR(newest, return HTTP_NOT_FOUND);
    return HTTP_OK;
}
