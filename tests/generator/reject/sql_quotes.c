/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Texts have single quotes.
 */
#include <weft/prelude.h>

DERIVE(json, row)
typedef struct author {
    int64_t id;
    str name;
} author;
ARRAY_OF(author);
OPTIONAL_OF(author);

SQL("SELECT id, name FROM authors WHERE name = \"Ada\"")
http_status find_ada(database *db, author *row);
