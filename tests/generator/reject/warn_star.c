/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * A star takes whatever the table has.
 */
#include <weft/prelude.h>

DERIVE(row)
typedef struct title {
    int64_t id;
    str title;
} title;
ARRAY_OF(title);

SQL("SELECT * FROM book_titles")
http_status find_titles(database *db, ARRAY(title) *rows);
