/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Statements that are right: nothing is said about them.
 */
#include <weft/prelude.h>

typedef enum kind { KIND_A, KIND_B } kind;

DERIVE(row, json)
typedef struct author {
    int64_t id;
    str name;
    OPTIONAL(int32_t) born;
    OPTIONAL(str) site;
} author;
ARRAY_OF(author);

DERIVE(row)
typedef struct title {
    int64_t id;
    str title;
} title;
ARRAY_OF(title);
OPTIONAL_OF(author);

DERIVE(row)
typedef struct stat {
    str name;
    int64_t books;
    double total;
    OPTIONAL(double) best;
    bool rich;
    str label;
} stat;
ARRAY_OF(stat);

SQL("SELECT id, name, born, site FROM authors WHERE id = $1")
db_result one(database *db, int32_t id, OPTIONAL(author) *row);

SQL("INSERT INTO authors (name, born) VALUES ($1, $2) ON CONFLICT (id) DO UPDATE SET name = "
    "excluded.name, born = $2 RETURNING id")
http_status up(database *db, str name, OPTIONAL(int32_t) born, int64_t *id);

SQL("SELECT a.name, count(b.id) AS books, total(b.price) AS total, max(b.price) AS best, "
    "count(*) > 3 AS rich, CASE WHEN count(*) > 1 THEN 'many' ELSE 'one' END AS label "
    "FROM authors a LEFT JOIN books b ON b.author_id = a.id "
    "WHERE ($1 IS NULL OR a.name LIKE $1) GROUP BY a.id HAVING count(*) >= $2 ORDER BY a.name "
    "LIMIT $3 OFFSET $4")
http_status stats(database *db, OPTIONAL(str) like, int64_t least, int32_t limit, uint32_t offset,
                  ARRAY(stat) *rows);

SQL("SELECT name FROM authors WHERE id IN (SELECT value FROM json_each($1))")
http_status many(database *db, str ids, ARRAY(str) *names);

SQL("SELECT EXISTS (SELECT 1 FROM authors WHERE name = $1)")
http_status has(database *db, str name, bool *yes);

SQL("SELECT COALESCE(max(id), 0) + 1 FROM books")
http_status nextid(database *db, int64_t *id);

SQL("SELECT max(price) FROM books")
http_status best(database *db, OPTIONAL(double) *price);

SQL("UPDATE books SET price = price * $2, title = COALESCE($3, title) WHERE id = $1")
http_status rise(database *db, int64_t id, double by, OPTIONAL(str) title, int64_t *count);

SQL("DELETE FROM loans WHERE reader = $1 AND returned IS NULL")
http_status del(database *db, str reader);

SQL("INSERT INTO loans SELECT id, $2, NULL FROM books WHERE title = $1")
http_status lend(database *db, str title, str reader);

SQL("WITH recent AS (SELECT author_id, count(*) AS n FROM books GROUP BY author_id) "
    "SELECT authors.id, name, born, site FROM authors JOIN recent ON recent.author_id = authors.id "
    "WHERE recent.n > $1")
http_status rec(database *db, int32_t n, arena *memory, ARRAY(author) *rows);

SQL("SELECT strftime('%Y', 'now')")
http_status yr(database *db, OPTIONAL(str) *y);

SQL("UPDATE books SET (title, price) = ($2, $3) WHERE id = $1")
http_status both(database *db, int64_t id, str title, double price);

SQL("INSERT INTO books (author_id, title, price) VALUES ($1, trim($2), 1), ($1, $3, 2.5)")
http_status two(database *db, int64_t a, str t, str u);

SQL("SELECT id FROM authors WHERE born BETWEEN $1 AND $2 AND name > $3 AND $4 < id")
http_status rng(database *db, int32_t a, int32_t b, str n, int64_t i, ARRAY(int64_t) *ids);

SQL("SELECT title FROM books WHERE price >= $1")
http_status pr(database *db, int32_t p, ARRAY(str) *t);

SQL("SELECT name FROM authors WHERE name = $1")
http_status kn(database *db, kind k, ARRAY(str) *t);

SQL("REPLACE INTO authors (id, name) VALUES ($1, $2)")
http_status rp(database *db, OPTIONAL(int64_t) id, str n);

SQL("SELECT id FROM authors a WHERE EXISTS (SELECT 1 FROM books WHERE author_id = a.id AND title = "
    "$1)")
http_status ex(database *db, str t, ARRAY(int64_t) *ids);

SQL("SELECT * FROM book_titles")
ANY_COLUMNS http_status all_titles(database *db, ARRAY(title) *rows);

SQL("SELECT max(price) AS dearest FROM books WHERE id = :id")
PRESENT(dearest)
http_status dearest(database *db, int64_t id, double *price);

SQL("SELECT id FROM authors WHERE id = ANY (:ids) AND id <> ALL (:others) {AND name = :name}")
http_status some(database *db, ARRAY(int64_t) ids, const ARRAY(int64_t) *others, OPTIONAL(str) name,
                 ARRAY(int64_t) *found);
