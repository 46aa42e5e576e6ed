/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Parameters that their columns cannot take.
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
http_status find_author(database *db, str id, author *row);

SQL("INSERT INTO books (author_id, title, price) VALUES ($1, $2, $3)")
http_status add_book(database *db, int64_t author_id, int64_t title, double price);

SQL("UPDATE books SET author_id = $1 WHERE $2 = title")
http_status give_book(database *db, double author_id, str title);
