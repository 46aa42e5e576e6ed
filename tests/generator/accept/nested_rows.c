/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Rows of a join, collected into arrays within arrays.
 */
#include <weft/prelude.h>

DERIVE(json)
typedef enum role { ROLE_GUEST, ROLE_ADMIN } role;

DERIVE(json, row)
typedef struct note {
    int64_t id;
    str text;
} note;
ARRAY_OF(note);

DERIVE(json, row)
typedef struct writer {
    int64_t id;
    str name;
    role role;
    ARRAY(note) notes;
} writer;
ARRAY_OF(writer);

DERIVE(json, row)
typedef struct person {
    int64_t id;
    role role;
} person;
ARRAY_OF(person);

DERIVE(row)
typedef struct crowd {
    str name;
    ARRAY(person) people;
} crowd;
ARRAY_OF(crowd);

SQL("SELECT u.id, u.name, u.role, n.id AS \"notes.id\", n.text AS \"notes.text\" "
    "FROM users u LEFT JOIN notes n ON n.user_id = u.id ORDER BY u.id, n.id")
http_status list_writers(database *db, ARRAY(writer) *rows);

SQL("SELECT name, id AS \"people.id\", role AS \"people.role\" FROM users ORDER BY name, id")
db_result crowds(database *db, arena *memory, ARRAY(crowd) *rows);
