/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * A list of structs whose members PostgreSQL does not take where they stand.
 */
#include <weft/prelude.h>

DERIVE(json)
typedef struct item {
    int64_t author_id;
    OPTIONAL(str) title;
    str genre;
    double price;
    int64_t id;
} item;
ARRAY_OF(item);

DERIVE(row)
typedef struct book {
    int64_t id;
    str title;
} book;
ARRAY_OF(book);

DERIVE(row)
typedef struct author {
    int32_t id;
    str name;
    OPTIONAL(date) born;
    OPTIONAL(str) nick;
    json_raw profile;
} author;
ARRAY_OF(author);

SQL("UPDATE books SET author_id = :items.author_id, title = :items.title, price = :items.price "
    "FROM :items WHERE id = :items.id")
http_status change_books(database *db, ARRAY(item) items);

SQL("SELECT b.id, b.title FROM books b, (SELECT max(id) AS id FROM books WHERE id > :items.id) AS x "
    "WHERE EXISTS (SELECT 1 FROM :items WHERE x.id = :items.id)")
http_status find_books(database *db, ARRAY(item) items, ARRAY(book) *rows);

SQL("SELECT b.id, b.title FROM :items JOIN books b ON b.id = :items.id LIMIT :items.id")
http_status limit_books(database *db, ARRAY(item) items, ARRAY(book) *rows);

SQL("UPDATE authors SET nick = :items.genre FROM :items WHERE authors.name = :items.title RETURNING *")
ANY_COLUMNS http_status return_all(database *db, ARRAY(item) items, ARRAY(author) *rows);
