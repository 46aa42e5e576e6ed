/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * A pointer does not say who owns what it points to.
 */
#include <weft/prelude.h>

DERIVE(json)
typedef struct author {
    int64_t id;
} author;

DERIVE(json)
typedef struct book {
    str title;
    author *by;
} book;
