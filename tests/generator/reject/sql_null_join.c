/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * The side of a join that may be missing.
 */
#include <weft/prelude.h>

DERIVE(row)
typedef struct line {
    str name;
    str title;
} line;
ARRAY_OF(line);

SQL("SELECT a.name, b.title FROM authors a LEFT JOIN books b ON b.author_id = a.id")
http_status find_left(database *db, ARRAY(line) *rows);

SQL("SELECT a.name, b.title FROM authors a RIGHT JOIN books b ON b.author_id = a.id")
http_status find_right(database *db, ARRAY(line) *rows);

SQL("SELECT name, title FROM authors a FULL JOIN (books b JOIN loans l ON l.book_id = b.id) "
    "ON b.author_id = a.id")
http_status find_full(database *db, ARRAY(line) *rows);

SQL("SELECT name, title FROM loans LEFT JOIN books ON books.id = book_id "
    "JOIN authors ON authors.id = author_id")
http_status find_chain(database *db, ARRAY(line) *rows);
