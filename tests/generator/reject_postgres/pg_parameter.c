/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Parameters whose values PostgreSQL would not take.
 */
#include <weft/prelude.h>

DERIVE(json)
typedef struct profile {
    str motto;
} profile;

DERIVE(json)
typedef enum kind { KIND_NOVEL, KIND_POETRY, KIND_COMIC } kind;

SQL("SELECT name FROM authors WHERE id = $1")
http_status find(database *db, int64_t id, str *name);

SQL("SELECT name FROM authors WHERE id = :id")
http_status find_named(database *db, str id, str *name);

SQL("SELECT name FROM authors WHERE id = ANY (:ids)")
http_status find_all(database *db, int32_t ids, ARRAY(str) *names);

SQL("SELECT name FROM authors WHERE id = ANY ($1)")
http_status find_some(database *db, ARRAY(str) ids, ARRAY(str) *names);

SQL("UPDATE books SET price = $2, weight = $3, genre = $4, added = $5 WHERE id = $1")
http_status change(database *db, uint64_t id, double price, double weight, kind genre, str added);

SQL("UPDATE authors SET name = $2, profile = $3 WHERE id = $1")
http_status rename_author(database *db, int32_t id, const profile *name, int32_t profile);

SQL("SELECT title FROM books WHERE during @> $1")
http_status find_during(database *db, date day, ARRAY(str) *titles);

SQL("SELECT title FROM books WHERE during = $1")
http_status find_in(database *db, date day, ARRAY(str) *titles);
