/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * NULL that comes out of a nested select.
 */
#include <weft/prelude.h>

DERIVE(row)
typedef struct line {
    str name;
    str title;
} line;
ARRAY_OF(line);

SQL("SELECT a.name, t.title FROM authors a LEFT JOIN book_titles t ON t.id = a.id")
http_status find_view(database *db, ARRAY(line) *rows);

SQL("WITH best AS (SELECT author_id, max(title) AS title FROM books GROUP BY author_id), "
    "all_of_them(name, title) AS (SELECT name, subtitle FROM books JOIN authors ON authors.id = author_id) "
    "SELECT name, title FROM all_of_them UNION SELECT name, title FROM best JOIN authors ON id = author_id")
http_status find_best(database *db, ARRAY(line) *rows);

SQL("SELECT name, (SELECT title FROM books WHERE author_id = authors.id) AS title FROM authors")
http_status find_first(database *db, ARRAY(line) *rows);
