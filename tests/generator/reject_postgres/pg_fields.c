/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Columns without fields and fields without columns.
 */
#include <weft/prelude.h>

DERIVE(row)
typedef struct author {
    int32_t id;
    str name;
} author;
ARRAY_OF(author);

SQL("SELECT id FROM authors WHERE id = $1")
http_status find(database *db, int32_t id, author *row);

SQL("SELECT id, name, born FROM authors WHERE id = $1")
http_status find_more(database *db, int32_t id, author *row);

SQL("SELECT a.id, b.id, a.name FROM authors a JOIN books b ON b.author_id = a.id")
http_status find_twice(database *db, ARRAY(author) *rows);
