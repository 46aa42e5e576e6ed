/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * A raw array always has all of its items.
 */
#include <weft/prelude.h>

DERIVE(json)
typedef struct author {
    int64_t id;
    int32_t years[4];
    char name[32];
} author;
