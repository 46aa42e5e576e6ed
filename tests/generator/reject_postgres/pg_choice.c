/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * A text of several that PostgreSQL refuses.
 */
#include <weft/prelude.h>

DERIVE(row)
typedef struct author {
    int32_t id;
    str name;
} author;
ARRAY_OF(author);

SQL("SELECT id, name FROM authors WHERE true {AND name = :name} {AND bron > :since}")
http_status find(database *db, OPTIONAL(str) name, OPTIONAL(date) since, ARRAY(author) *rows);

SQL("SELECT id, name FROM authors WHERE true {AND name = :name} {AND born > :since}")
http_status find_since(database *db, OPTIONAL(str) name, OPTIONAL(int32_t) since,
                       ARRAY(author) *rows);
