/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Columns to write that are not there.
 */
#include <weft/prelude.h>

DERIVE(json, row)
typedef struct author {
    int64_t id;
    str name;
} author;
ARRAY_OF(author);
OPTIONAL_OF(author);

SQL("INSERT INTO authors (nam) VALUES ($1)")
http_status add_author(database *db, str name);

SQL("UPDATE authors "
    "SET nam = $1 "
    "WHERE id = $2")
http_status rename_author(database *db, str name, int64_t id);
