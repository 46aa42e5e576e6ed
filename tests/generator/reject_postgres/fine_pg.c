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

DERIVE(json)
typedef struct revision {
    int64_t of;
    genre genre;
    decimal price RENAME("net");
    OPTIONAL(float) weight;
    ARRAY(str) tags;
    timestamp added;
    str profile;
    OPTIONAL(str) nick;
} revision;
ARRAY_OF(revision);

SQL("UPDATE books b SET genre = :list.genre, price = :list.price, weight = :list.weight, "
    "tags = b.tags || :list.tags, added = :list.added FROM :list WHERE id = :list.of "
    "RETURNING b.id")
http_status revise(database *db, const ARRAY(revision) *list, ARRAY(int64_t) *ids);

SQL("UPDATE authors a SET profile = a.profile || :list.profile, nick = :list.nick "
    "FROM :list JOIN books b ON b.id = :list.of WHERE b.author_id = a.id")
http_status revise_authors(database *db, const ARRAY(revision) *list, int64_t *count);

SQL("DELETE FROM books USING :list WHERE id = :list.of AND genre <> :list.genre")
http_status retire(database *db, const ARRAY(revision) *list, int64_t *count);

SQL("SELECT b.id FROM books b LEFT JOIN (SELECT CAST(:list.of AS bigint) AS id FROM :list) AS l "
    "ON l.id = b.id WHERE l.id IS NULL")
http_status unrevised(database *db, const ARRAY(revision) *list, ARRAY(int64_t) *ids);

SQL("MERGE INTO books b USING :list ON b.id = :list.of WHEN MATCHED AND b.price = :list.price "
    "THEN DELETE WHEN MATCHED THEN UPDATE SET price = :list.price")
http_status merge(database *db, const ARRAY(revision) *list);

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
