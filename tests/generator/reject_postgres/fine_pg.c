/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Statements that PostgreSQL takes as they are declared.
 */
#include <weft/prelude.h>

DERIVE(json)
typedef enum genre { GENRE_NOVEL, GENRE_POETRY, GENRE_ESSAY } genre;

DERIVE(json)
typedef struct profile {
    str motto;
} profile;

DERIVE(row)
typedef struct author {
    int32_t id;
    str name;
    OPTIONAL(date) born;
    OPTIONAL(str) nick;
} author;
ARRAY_OF(author);

DERIVE(row)
typedef struct book {
    int64_t id;
    int32_t author_id;
    str title;
    str isbn;
    genre genre;
    decimal price;
    OPTIONAL(float) weight;
    OPTIONAL(bytes) cover;
    timestamp added;
} book;

SQL("SELECT id, name, born, nick FROM authors WHERE id = $1")
http_status find_author(database *db, int32_t id, author *row);

SQL("SELECT id, author_id, title, isbn, genre, price, weight, cover, added FROM books "
    "WHERE id = :id")
http_status find_book(database *db, int64_t id, book *row);

SQL("SELECT id, name, born, nick FROM authors WHERE true {AND name = :name} {AND born > :since}")
http_status find_authors(database *db, OPTIONAL(str) name, OPTIONAL(date) since,
                         ARRAY(author) *rows);

SQL("SELECT name FROM authors WHERE id = ANY (:ids)")
http_status find_names(database *db, ARRAY(int32_t) ids, ARRAY(str) *names);

SQL("SELECT count(*) FROM books WHERE genre = $1 AND price < $2")
http_status count_books(database *db, genre genre, decimal price, int64_t *count);

SQL("INSERT INTO authors (name, born) VALUES ($1, $2) RETURNING id")
http_status add_author(database *db, str name, OPTIONAL(date) born, int32_t *id);

SQL("UPDATE authors SET profile = $2 WHERE id = $1")
http_status set_profile(database *db, int32_t id, const profile *profile);

SQL("DELETE FROM books WHERE id = $1")
http_status remove_book(database *db, int64_t id, int64_t *count);

DERIVE(json)
typedef struct new_author {
    str name;
    OPTIONAL(date) born;
    profile profile;
} new_author;
ARRAY_OF(new_author);

SQL("INSERT INTO authors (name, born, profile) "
    "VALUES (upper(:list.name), :list.born, :list.profile) RETURNING id")
http_status add_authors(database *db, ARRAY(new_author) list, ARRAY(int32_t) *ids);

DERIVE(row)
typedef struct work {
    int64_t id;
    str title;
    OPTIONAL(float) weight;
} work;
ARRAY_OF(work);

DERIVE(row)
typedef struct oeuvre {
    int32_t id;
    str name;
    ARRAY(work) works;
} oeuvre;
ARRAY_OF(oeuvre);

SQL("SELECT a.id, a.name, b.id AS \"works.id\", b.title AS \"works.title\", "
    "b.weight AS \"works.weight\" FROM authors a LEFT JOIN books b ON b.author_id = a.id "
    "ORDER BY a.id, b.title")
http_status find_oeuvres(database *db, ARRAY(oeuvre) *rows);
