/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * A record that is not one value.
 */
#include <weft/prelude.h>

DERIVE(row)
typedef struct author {
    int64_t id;
    str name;
} author;
ARRAY_OF(author);
OPTIONAL_OF(author);

SQL("INSERT INTO authors (name) VALUES ($1)")
http_status add_author(database *db, const author *in);
