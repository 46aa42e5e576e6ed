/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * A statement without words.
 */
#include <weft/prelude.h>

DERIVE(json, row)
typedef struct author {
    int64_t id;
    str name;
} author;
ARRAY_OF(author);
OPTIONAL_OF(author);

SQL("")
http_status do_nothing(database *db);
