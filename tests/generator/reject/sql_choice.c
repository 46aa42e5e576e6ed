/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Braces that decide nothing, do not match, or are too many.
 */
#include <weft/prelude.h>

DERIVE(row)
typedef struct author {
    int64_t id;
    str name;
} author;
ARRAY_OF(author);

SQL("SELECT id, name FROM authors WHERE true {AND name = :name}")
http_status find(database *db, str name, ARRAY(author) *rows);

SQL("SELECT id, name FROM authors WHERE true {AND (name = :name {OR site = :site})}")
http_status find_nested(database *db, OPTIONAL(str) name, OPTIONAL(str) site,
                        ARRAY(author) *rows);

SQL("SELECT id, name FROM authors WHERE true {AND name = :name")
http_status find_open(database *db, OPTIONAL(str) name, ARRAY(author) *rows);

SQL("SELECT id, name FROM authors WHERE true AND name = :name}")
http_status find_closed(database *db, OPTIONAL(str) name, ARRAY(author) *rows);

SQL("SELECT id, name FROM authors WHERE true {AND id > :a} {AND id > :b} {AND id > :c} "
    "{AND id > :d} {AND id > :e} {AND id > :f} {AND id > :g}")
http_status find_many(database *db, OPTIONAL(int64_t) a, OPTIONAL(int64_t) b, OPTIONAL(int64_t) c,
                      OPTIONAL(int64_t) d, OPTIONAL(int64_t) e, OPTIONAL(int64_t) f,
                      OPTIONAL(int64_t) g, ARRAY(author) *rows);
