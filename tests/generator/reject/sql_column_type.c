/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Columns of another type.
 */
#include <weft/prelude.h>

DERIVE(json, row)
typedef struct author {
    int64_t id;
    str name;
} author;
ARRAY_OF(author);
OPTIONAL_OF(author);

SQL("SELECT id, born AS name FROM authors WHERE born IS NOT NULL")
http_status find_births(database *db, ARRAY(author) *rows);

SQL("SELECT price FROM books WHERE id = $1")
http_status find_price(database *db, int64_t id, int32_t *price);

SQL("SELECT lower(title) FROM books WHERE id = $1")
http_status find_title(database *db, int64_t id, int64_t *title);
