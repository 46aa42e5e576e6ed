/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Two columns for one field.
 */
#include <weft/prelude.h>

DERIVE(json, row)
typedef struct author {
    int64_t id;
    str name;
} author;
ARRAY_OF(author);
OPTIONAL_OF(author);

SQL("SELECT a.id, b.id, a.name FROM authors a JOIN books b ON b.author_id = a.id")
http_status find_authors(database *db, ARRAY(author) *rows);
