/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * A field that no column is read into.
 */
#include <weft/prelude.h>

DERIVE(json, row)
typedef struct author {
    int64_t id;
    MAP(str) names;
} author;
