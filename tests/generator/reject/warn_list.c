/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * An UPDATE by a list that changes every row; a member that may be NULL and is compared.
 */
#include <weft/prelude.h>

DERIVE(json)
typedef struct item {
    OPTIONAL(int64_t) id;
    double price;
} item;
ARRAY_OF(item);

SQL("UPDATE books SET price = :items.price FROM :items")
http_status change_every(database *db, ARRAY(item) items);

SQL("UPDATE books SET price = :items.price FROM :items WHERE id = :items.id")
http_status change_by_null(database *db, ARRAY(item) items);
