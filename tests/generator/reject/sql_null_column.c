/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * A column without NOT NULL.
 */
#include <weft/prelude.h>

DERIVE(json, row)
typedef struct author {
    int64_t id;
    str name;
} author;
ARRAY_OF(author);
OPTIONAL_OF(author);

SQL("SELECT id, site AS name FROM authors")
http_status find_sites(database *db, ARRAY(author) *rows);
