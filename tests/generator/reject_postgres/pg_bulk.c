/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * A list whose members are no columns of the table, or of another type.
 */
#include <weft/prelude.h>

DERIVE(json)
typedef struct item {
    str heading;
    int32_t price;
    str title;
    OPTIONAL(str) note;
} item;
ARRAY_OF(item);

SQL("INSERT INTO books (author_id, title, isbn, genre, price) "
    "VALUES (1, :items.heading, '1', 'essay', 2)")
http_status add_headings(database *db, ARRAY(item) items);

SQL("INSERT INTO books (author_id, title, isbn, genre, price) "
    "VALUES (1, :items.title, :items.note, 'essay', :items.title)")
http_status add_titles(database *db, ARRAY(item) items);
