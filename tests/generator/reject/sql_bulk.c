/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Rows for a list that are no rows of a list.
 */
#include <weft/prelude.h>

DERIVE(json)
typedef struct item {
    str title;
    OPTIONAL(str) note;
    double price;
    bytes cover;
} item;
ARRAY_OF(item);

SQL("INSERT INTO books (author_id, title, price) VALUES (:author, :items.titel, :items.price)")
http_status add_misspelt(database *db, int64_t author, ARRAY(item) items);

SQL("INSERT INTO books (author_id, title, price) VALUES (1, :author.title, 2)")
http_status add_scalar(database *db, int64_t author);

SQL("INSERT INTO books (author_id, title, price) VALUES (1, :items.cover, 2)")
http_status add_bytes(database *db, ARRAY(item) items);

SQL("SELECT id FROM books WHERE title = :items.title")
http_status find(database *db, ARRAY(item) items, ARRAY(int64_t) *ids);

SQL("INSERT INTO books (author_id, title, price) VALUES (1, :a.title, :b.price)")
http_status add_two(database *db, ARRAY(item) a, ARRAY(item) b);

SQL("INSERT INTO books (author_id, title, price) VALUES (1, :items.note, :items.title)")
http_status add_wrong(database *db, ARRAY(item) items);

SQL("INSERT INTO books (author_id, title, price) VALUES (1, :items.title, 2) {ON CONFLICT (:x) DO NOTHING}")
http_status add_choice(database *db, ARRAY(item) items, OPTIONAL(str) x);
