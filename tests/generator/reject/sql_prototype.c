/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Prototypes that cannot be completed.
 */
#include <weft/prelude.h>

DERIVE(json, row)
typedef struct author {
    int64_t id;
    str name;
} author;
ARRAY_OF(author);
OPTIONAL_OF(author);

SQL("SELECT id, name FROM authors WHERE id = $1")
int find_author(database *db, int64_t id, author *row);

SQL("SELECT count(*) FROM authors")
http_status count_authors(int64_t *count);

SQL("DELETE FROM authors WHERE id = $1")
http_status remove_author(database *db, int64_t id)
{
    return db && id ? HTTP_OK : HTTP_NOT_FOUND;
}
