/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Columns that may be NULL, and why.
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

SQL("SELECT a.name, b.title FROM books b RIGHT JOIN authors a ON b.author_id = a.id")
http_status find_right(database *db, ARRAY(line) *rows);

SQL("SELECT name, title FROM titles")
http_status find_view(database *db, ARRAY(line) *rows);

SQL("SELECT name, nick AS title FROM authors")
http_status find_nicks(database *db, ARRAY(line) *rows);

SQL("SELECT max(title) FROM books")
http_status last(database *db, str *title);

SQL("SELECT (SELECT title FROM books WHERE id = $1) AS title")
http_status find_title(database *db, int64_t id, str *title);

SQL("SELECT CASE WHEN price > 10 THEN title END AS title FROM books WHERE id = $1")
http_status find_dear(database *db, int64_t id, str *title);

SQL("SELECT profile ->> 'motto' AS motto FROM authors WHERE id = $1")
http_status find_motto(database *db, int32_t id, str *motto);

SQL("SELECT $1::text AS echo")
http_status echo(database *db, OPTIONAL(str) text, str *out);
