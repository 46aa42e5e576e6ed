/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * A row is flat.
 */
#include <weft/prelude.h>

DERIVE(json, row)
typedef struct author {
    int64_t id;
    ARRAY(str) names;
} author;
