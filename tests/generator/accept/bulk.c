/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * A row for each struct of a list.
 */
#include <weft/prelude.h>

DERIVE(json)
typedef struct new_user {
    str name;
    str mail RENAME("email");
    OPTIONAL(int32_t) age;
} new_user;
ARRAY_OF(new_user);

SQL("INSERT INTO users (name, email, age) VALUES (:users.name, lower(:users.mail), :users.age)")
http_status add_users(database *db, ARRAY(new_user) users, int64_t *count);

SQL("INSERT INTO users (role, name, email) VALUES (:role, :list.name, :list.mail) "
    "ON CONFLICT (email) DO UPDATE SET name = excluded.name RETURNING id")
db_result put_users(database *db, str role, const ARRAY(new_user) *list, ARRAY(int64_t) *ids);
