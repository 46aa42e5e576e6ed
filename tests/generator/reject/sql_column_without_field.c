/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Columns that have no field.
 */
#include <weft/prelude.h>

DERIVE(json, row)
typedef struct author {
    int64_t id;
    str name;
} author;
ARRAY_OF(author);
OPTIONAL_OF(author);

SQL("SELECT id, name, born FROM authors")
http_status find_authors(database *db, ARRAY(author) *rows);

SQL("SELECT id, upper(name) FROM authors")
http_status shout_authors(database *db, ARRAY(author) *rows);
