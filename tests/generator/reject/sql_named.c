/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * A parameter by a name that the prototype does not have, and one that is not used.
 */
#include <weft/prelude.h>

DERIVE(row)
typedef struct author {
    int64_t id;
    str name;
} author;
ARRAY_OF(author);

SQL("SELECT id, name FROM authors WHERE id = :di")
http_status find(database *db, int64_t id, author *row);

SQL("SELECT id, name FROM authors WHERE id = :id")
http_status find_like(database *db, int64_t id, str like, author *row);

SQL("SELECT id, name FROM authors WHERE id = :id AND name = $2")
http_status find_both(database *db, int64_t id, str name, author *row);
