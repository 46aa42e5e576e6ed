/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * A list of structs read as a table where it cannot be one.
 */
#include <weft/prelude.h>

DERIVE(json)
typedef struct item {
    int64_t id;
    str title;
    OPTIONAL(str) note;
    double price;
} item;
ARRAY_OF(item);

DERIVE(row)
typedef struct book {
    int64_t id;
    str title;
} book;
ARRAY_OF(book);

SQL("UPDATE books SET title = :items.note, price = :items.title FROM :items WHERE id = :items.id")
http_status change(database *db, ARRAY(item) items);

SQL("UPDATE books SET titel = :items.title FROM :items WHERE id = :items.id")
http_status misspell(database *db, ARRAY(item) items);

SQL("SELECT b.id, b.title FROM :items, books b")
http_status use_nothing(database *db, ARRAY(item) items, ARRAY(book) *rows);

SQL("SELECT b.id, b.title FROM books b LEFT JOIN :items ON b.id = :items.id")
http_status join_left(database *db, ARRAY(item) items, ARRAY(book) *rows);

SQL("SELECT b.id, :items.title AS title FROM :items RIGHT JOIN books b ON b.id = :items.id")
http_status join_right(database *db, ARRAY(item) items, ARRAY(book) *rows);

SQL("SELECT id, title FROM books WHERE id = :items.id LIMIT :items.id")
http_status limit(database *db, ARRAY(item) items, ARRAY(book) *rows);

SQL("SELECT b.id, b.title FROM :items JOIN books b ON b.id = :items.id LIMIT :items.id")
http_status limit_by_item(database *db, ARRAY(item) items, ARRAY(book) *rows);

SQL("DELETE FROM books USING :items WHERE books.id = :items.id")
http_status remove_all(database *db, ARRAY(item) items);

SQL("UPDATE books SET price = :a.price FROM :a WHERE EXISTS (SELECT 1 FROM :b WHERE id = :b.id)")
http_status two_lists(database *db, ARRAY(item) a, ARRAY(item) b);

SQL("INSERT INTO loans (book_id, reader) VALUES (:items.id, 'Ada') RETURNING :items.title")
http_status give_back(database *db, ARRAY(item) items, ARRAY(str) *titles);

SQL("UPDATE books SET price = i.price FROM :items AS i WHERE id = :items.id")
http_status rename_list(database *db, ARRAY(item) items);
