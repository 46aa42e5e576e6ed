/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * A C string has no length.
 */
#include <weft/prelude.h>

DERIVE(json, row)
typedef struct author {
    int64_t id;
    str name;
} author;
ARRAY_OF(author);
OPTIONAL_OF(author);

SQL("SELECT id, name FROM authors WHERE name = $1")
http_status find_author(database *db, const char *name, author *row);
