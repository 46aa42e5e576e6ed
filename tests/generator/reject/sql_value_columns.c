/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * One value from two columns.
 */
#include <weft/prelude.h>

DERIVE(json, row)
typedef struct author {
    int64_t id;
    str name;
} author;
ARRAY_OF(author);
OPTIONAL_OF(author);

SQL("SELECT count(*), max(id) FROM authors")
http_status count_authors(database *db, int64_t *count);
