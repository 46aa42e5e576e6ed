/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * A list of structs as rows to insert, and as a table to update, delete and read by.
 */
#include <weft/prelude.h>

DERIVE(json)
typedef struct new_user {
    str name;
    str mail RENAME("email");
    OPTIONAL(int32_t) age;
} new_user;
ARRAY_OF(new_user);

DERIVE(json)
typedef enum role { ROLE_GUEST, ROLE_ADMIN } role;

DERIVE(json)
typedef struct change {
    int64_t id;
    OPTIONAL(int32_t) age;
    double score;
    bool active;
    role role RENAME("as");
    str name;
} change;
ARRAY_OF(change);

DERIVE(row)
typedef struct known {
    str name;
    OPTIONAL(int32_t) age;
} known;
ARRAY_OF(known);

DERIVE(json, row)
typedef struct event {
    uuid id;
    timestamp at;
    OPTIONAL(date) day;
    decimal price;
} event;
ARRAY_OF(event);

SQL("INSERT INTO users (name, email, age) VALUES (:users.name, lower(:users.mail), :users.age)")
http_status add_users(database *db, ARRAY(new_user) users, int64_t *count);

SQL("INSERT INTO users (role, name, email) VALUES (:role, :list.name, :list.mail) "
    "ON CONFLICT (email) DO UPDATE SET name = excluded.name RETURNING id")
db_result put_users(database *db, str role, const ARRAY(new_user) *list, ARRAY(int64_t) *ids);

DERIVE(json)
typedef struct member {
    ARRAY(str) tags;
    ARRAY(int16_t) scores;
    str home; /* a document */
    new_user who;
} member;
ARRAY_OF(member);

DERIVE(row)
typedef struct tagged {
    ARRAY(str) tags;
    ARRAY(int16_t) scores;
} tagged;

SQL("UPDATE users SET age = :changes.age, score = score + :changes.score, active = "
    ":changes.active, "
    "role = :changes.role, name = COALESCE(NULLIF(:changes.name, ''), name) FROM :changes "
    "WHERE id = :changes.id")
http_status change_users(database *db, const ARRAY(change) *changes, int64_t *count);

SQL("SELECT :changes.name AS name, u.age FROM :changes LEFT JOIN users u ON u.id = :changes.id "
    "ORDER BY :changes.id, :changes.name")
db_result find_ages(database *db, ARRAY(change) changes, ARRAY(known) *found);

SQL("INSERT INTO events (id, at, day, price) SELECT :list.id, :list.at, :list.day, :list.price "
    "FROM :list WHERE NOT EXISTS (SELECT 1 FROM events WHERE id = :list.id)")
db_result add_events(database *db, ARRAY(event) list, int64_t *count);

SQL("UPDATE events SET day = :list.day, price = :list.price FROM :list "
    "WHERE id = :list.id AND at = :list.at RETURNING id, at, day, price")
db_result reprice(database *db, ARRAY(event) list, ARRAY(event) *changed);

SQL("DELETE FROM events WHERE price > :least AND EXISTS "
    "(SELECT 1 FROM :list WHERE id = :list.id AND at = :list.at)")
db_result remove_events(database *db, decimal least, ARRAY(event) list, int64_t *count);

SQL("INSERT INTO members (tags, scores, roles, home, extra) "
    "VALUES (:list.tags, :list.scores, :list.tags, :list.home, :list.who)")
db_result add_members(database *db, ARRAY(member) list);

SQL("SELECT tags, scores FROM members WHERE home ->> 'street' = :street AND extra ->> 'email' = "
    ":mail")
db_result find_member(database *db, str street, str mail, tagged *row);
