/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Statements: every form of the last parameter, with both vocabularies.
 */
#include <weft/prelude.h>

DERIVE(row)
typedef struct user {
    int32_t id;
    str name;
    str email;
} user;
ARRAY_OF(user);
OPTIONAL_OF(user);
CURSOR_OF(user);
CURSOR_OF(str);

SQL("SELECT id, name, email FROM users WHERE id = $1")
http_status find_user(database *db, int32_t id, user *row);

SQL("SELECT id, name, email FROM users WHERE email = $1")
db_result look_up(database *db, str email, OPTIONAL(user) *row);

SQL("SELECT email, name, id FROM users ORDER BY name")
http_status all_users(database *db, ARRAY(user) *rows);

SQL("SELECT name FROM users ORDER BY name")
db_result all_names(database *db, ARRAY(str) *names);

SQL("SELECT id, name, email FROM users WHERE id > $1")
http_status each_user(database *db, int32_t after, CURSOR(user) *rows) TRY_OPENS(rows);

SQL("SELECT name FROM users")
db_result each_name(database *db, arena *unused, CURSOR(str) *names) TRY_OPENS(names);

SQL("SELECT count(*) FROM users")
http_status count_users(database *db, int64_t *count);

SQL("SELECT age FROM users WHERE id = $1")
http_status find_age(database *db, int32_t id, OPTIONAL(int32_t) *age);

SQL("UPDATE users SET name = $2 WHERE id = $1")
db_result rename_user(database *db, int32_t id, str name, int64_t *count);

SQL("DELETE FROM users")
http_status remove_all(database *db);

int main(void)
{
    return 0;
}
