/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * A column that two tables have.
 */
#include <weft/prelude.h>

DERIVE(json, row)
typedef struct author {
    int64_t id;
    str name;
} author;
ARRAY_OF(author);
OPTIONAL_OF(author);

SQL("SELECT id, name FROM authors JOIN books ON author_id = authors.id")
http_status find_authors(database *db, ARRAY(author) *rows);
