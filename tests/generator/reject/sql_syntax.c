/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Words in the wrong order, and too few of them.
 */
#include <weft/prelude.h>

DERIVE(json, row)
typedef struct author {
    int64_t id;
    str name;
} author;
ARRAY_OF(author);
OPTIONAL_OF(author);

SQL("SELECT id, name FORM authors")
http_status find_authors(database *db, ARRAY(author) *rows);

SQL("SELECT id, name FROM authors WHERE")
http_status find_some_authors(database *db, ARRAY(author) *rows);
