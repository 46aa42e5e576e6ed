/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Nothing equals NULL.
 */
#include <weft/prelude.h>

DERIVE(json, row)
typedef struct author {
    int64_t id;
    str name;
} author;
ARRAY_OF(author);
OPTIONAL_OF(author);

SQL("SELECT id, name FROM authors WHERE site = $1")
http_status find_by_site(database *db, OPTIONAL(str) site, ARRAY(author) *rows);

SQL("SELECT id, name FROM authors WHERE ($1 IS NULL OR site = $1)")
http_status filter_by_site(database *db, OPTIONAL(str) site, ARRAY(author) *rows);
