/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Two statements in one.
 */
#include <weft/prelude.h>

DERIVE(json, row)
typedef struct author {
    int64_t id;
    str name;
} author;
ARRAY_OF(author);
OPTIONAL_OF(author);

SQL("DELETE FROM loans WHERE reader = $1; DELETE FROM books WHERE id = 1")
http_status forget(database *db, str reader);
