/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Parameters as other interfaces write them.
 */
#include <weft/prelude.h>

DERIVE(json, row)
typedef struct author {
    int64_t id;
    str name;
} author;
ARRAY_OF(author);
OPTIONAL_OF(author);

SQL("SELECT id, name FROM authors WHERE id = ? AND name = :name")
http_status find_author(database *db, int64_t id, str name, author *row);
