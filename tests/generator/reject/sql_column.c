/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * A column that is not there.
 */
#include <weft/prelude.h>

DERIVE(json, row)
typedef struct author {
    int64_t id;
    str name;
} author;
ARRAY_OF(author);
OPTIONAL_OF(author);

SQL("SELECT id, nmae AS name FROM authors WHERE id = $1")
http_status find_author(database *db, int64_t id, author *row);

SQL("SELECT a.id, a.name FROM authors a WHERE a.colour = $1")
http_status find_by_colour(database *db, str colour, ARRAY(author) *rows);
