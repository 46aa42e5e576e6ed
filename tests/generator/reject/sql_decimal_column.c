/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * A decimal in a column of numbers would become a binary fraction.
 */
#include <weft/prelude.h>

DERIVE(row)
typedef struct offer {
    int64_t id;
    decimal price;
} offer;

SQL("UPDATE books SET price = $2 WHERE id = $1")
http_status price_book(database *db, int64_t id, decimal price);

SQL("SELECT id, price FROM books WHERE title = $1")
http_status find_offer(database *db, timestamp title, offer *row);
