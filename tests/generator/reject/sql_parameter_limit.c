/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * LIMIT counts.
 */
#include <weft/prelude.h>

DERIVE(json, row)
typedef struct author {
    int64_t id;
    str name;
} author;
ARRAY_OF(author);
OPTIONAL_OF(author);

SQL("SELECT id, name FROM authors ORDER BY id LIMIT $1")
http_status find_authors(database *db, str limit, ARRAY(author) *rows);
