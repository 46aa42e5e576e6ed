/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Rows that cannot be collected into arrays.
 */
#include <weft/prelude.h>

DERIVE(json, row)
typedef struct book {
    int64_t id;
    str title;
} book;
ARRAY_OF(book);

DERIVE(row)
typedef struct author {
    int64_t id;
    ARRAY(book) books;
} author;
ARRAY_OF(author);

DERIVE(row)
typedef struct line {
    OPTIONAL(str) site;
    ARRAY(book) books;
} line;
ARRAY_OF(line);

DERIVE(row)
typedef struct work {
    OPTIONAL(str) subtitle;
    int64_t id;
} work;
ARRAY_OF(work);

DERIVE(row)
typedef struct oeuvre {
    int64_t id;
    ARRAY(work) works;
} oeuvre;
ARRAY_OF(oeuvre);

SQL("SELECT a.id, b.id AS \"books.id\", b.title AS \"books.title\" FROM authors a "
    "LEFT JOIN books b ON b.author_id = a.id")
http_status find_loose(database *db, ARRAY(author) *rows);

SQL("SELECT a.id, b.id AS \"books.id\", b.title AS \"books.title\" FROM authors a "
    "LEFT JOIN books b ON b.author_id = a.id WHERE a.id = $1 ORDER BY a.id")
http_status find_one(database *db, int64_t id, author *row);

SQL("SELECT a.id, b.id AS \"books.id\", b.subtitle AS \"books.title\", b.price AS \"books.prise\" "
    "FROM authors a LEFT JOIN books b ON b.author_id = a.id ORDER BY a.id")
http_status find_wrong(database *db, ARRAY(author) *rows);

SQL("SELECT a.id, b.id AS \"books.id\" FROM authors a "
    "LEFT JOIN books b ON b.author_id = a.id ORDER BY a.id")
http_status find_half(database *db, ARRAY(author) *rows);

SQL("SELECT a.site, b.id AS \"books.id\", b.title AS \"books.title\" FROM authors a "
    "LEFT JOIN books b ON b.author_id = a.id ORDER BY a.site")
http_status find_sites(database *db, ARRAY(line) *rows);

SQL("SELECT a.id, b.id AS \"works.id\", b.subtitle AS \"works.subtitle\" FROM authors a "
    "LEFT JOIN books b ON b.author_id = a.id ORDER BY a.id")
http_status find_works(database *db, ARRAY(oeuvre) *rows);

SQL("SELECT a.id, b.id AS \"books.id\", l.reader AS \"books.title\" FROM authors a "
    "LEFT JOIN books b ON b.author_id = a.id LEFT JOIN loans l ON l.book_id = b.id ORDER BY a.id")
http_status find_readers(database *db, ARRAY(author) *rows);
