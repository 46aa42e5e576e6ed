/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * A record that derives no row.
 */
#include <weft/prelude.h>

DERIVE(json)
typedef struct book {
    int64_t id;
    str title;
} book;
ARRAY_OF(book);

SQL("SELECT id, title FROM books")
http_status find_books(database *db, ARRAY(book) *rows);
