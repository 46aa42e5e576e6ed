/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * ARRAY, OPTIONAL and CURSOR of a type, without ARRAY_OF and its like behind it.
 */
#include <weft/prelude.h>

DERIVE(json, row)
typedef struct author {
    int32_t id;
} author;

SQL("SELECT id FROM authors")
http_status find_authors(database *db, ARRAY(author) *rows);

SQL("SELECT id FROM authors")
http_status find_author(database *db, OPTIONAL(author) *row);

SQL("SELECT id FROM authors")
http_status each_author(database *db, CURSOR(author) *rows) TRY_OPENS(rows);
