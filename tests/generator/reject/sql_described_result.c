/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * A description that the prototype does not fit.
 * arguments: --engines postgres --queries described
 */
#include <weft/prelude.h>

DERIVE(row)
typedef struct author {
    int16_t id;
    str name;
    date born;
} author;

SQL("SELECT id, name, born FROM authors WHERE id = $1")
http_status find_author(database *db, int32_t id, author *row);
