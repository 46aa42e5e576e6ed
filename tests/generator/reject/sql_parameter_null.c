/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * NULL where it cannot be stored.
 */
#include <weft/prelude.h>

DERIVE(json, row)
typedef struct author {
    int64_t id;
    str name;
} author;
ARRAY_OF(author);
OPTIONAL_OF(author);

SQL("INSERT INTO authors (name, born, site) VALUES ($1, $2, $3)")
http_status add_author(database *db, OPTIONAL(str) name, OPTIONAL(int64_t) born, OPTIONAL(str) site);
