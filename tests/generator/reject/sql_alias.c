/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * A column of a table that is not in the statement.
 */
#include <weft/prelude.h>

DERIVE(json, row)
typedef struct author {
    int64_t id;
    str name;
} author;
ARRAY_OF(author);
OPTIONAL_OF(author);

SQL("SELECT b.id, name FROM authors a")
http_status find_authors(database *db, ARRAY(author) *rows);
