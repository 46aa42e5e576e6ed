/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Lists, documents and choices as parameters; arrays and documents as columns; a cursor; counts of
 * other types.
 */
#include <weft/prelude.h>

DERIVE(json)
typedef enum role { ROLE_GUEST, ROLE_ADMIN } role;
ARRAY_OF(role);

DERIVE(json)
typedef struct place {
    str city;
    OPTIONAL(str) street;
} place;
ARRAY_OF(place);
OPTIONAL_OF(place);

DERIVE(row)
typedef struct member {
    int64_t id;
    ARRAY(str) tags;
    ARRAY(int16_t) scores;
    ARRAY(role) roles;
    place home;
    ARRAY(place) others;
    json_raw extra;
    OPTIONAL(place) office;
} member;
ARRAY_OF(member);
CURSOR_OF(member);

SQL("SELECT id, tags, scores, roles, home, others, extra, office FROM members WHERE id = $1")
http_status find_member(database *db, int64_t id, member *row);

SQL("SELECT id, tags, scores, roles, home, others, extra, office FROM members ORDER BY id")
db_result each_member(database *db, CURSOR(member) *rows) TRY_OPENS(rows);

SQL("INSERT INTO members (tags, scores, roles, home, extra) "
    "VALUES (:tags, :scores, :roles, :home, :extra) RETURNING id")
http_status add_member(database *db, arena *memory, ARRAY(str) tags, const ARRAY(int16_t) *scores,
                       ARRAY(role) roles, const place *home, json_raw extra, int64_t *id);

SQL("SELECT name FROM users WHERE id = ANY (:ids) AND role <> ALL (:roles)")
http_status name_users(database *db, ARRAY(int64_t) ids, ARRAY(role) roles, ARRAY(str) *names);

SQL("SELECT name FROM users WHERE active {AND name >= :from} {AND age BETWEEN :young AND :old} "
    "{AND role = ANY (:roles) AND score > :score} ORDER BY name LIMIT :limit")
http_status search(database *db, OPTIONAL(str) from, OPTIONAL(int32_t) young, OPTIONAL(int32_t) old,
                   ARRAY(role) roles, OPTIONAL(double) score, int32_t limit, ARRAY(str) *names);

SQL("DELETE FROM users WHERE age > $1")
http_status remove_old(database *db, int32_t age, long long *count);
