/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * A member of two types; what cannot be NULL.
 */
#include <weft/prelude.h>

DERIVE(json)
typedef struct item {
    int32_t price;
    str title;
    OPTIONAL(str) note;
} item;
ARRAY_OF(item);

SQL("INSERT INTO books (author_id, title, isbn, genre, price) "
    "VALUES (1, :items.title, :items.note, 'essay', :items.title)")
http_status add_titles(database *db, ARRAY(item) items);

SQL("INSERT INTO books (author_id, title, isbn, genre, price) "
    "VALUES (1, :items.note, '1', 'essay', :items.price)")
http_status add_notes(database *db, ARRAY(item) items);
