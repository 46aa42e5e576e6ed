/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Statements that have another place.
 */
#include <weft/prelude.h>

DERIVE(json, row)
typedef struct author {
    int64_t id;
    str name;
} author;
ARRAY_OF(author);
OPTIONAL_OF(author);

SQL("CREATE TABLE shelves (id INTEGER PRIMARY KEY)")
http_status make_shelves(database *db);

SQL("BEGIN")
http_status begin(database *db);

SQL("PRAGMA foreign_keys = off")
http_status loosen(database *db);
