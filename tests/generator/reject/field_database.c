/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * A database is no data.
 */
#include <weft/prelude.h>

DERIVE(json)
typedef struct author {
    int64_t id;
    database *db;
} author;
