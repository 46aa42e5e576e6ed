/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Bounds that are no numbers.
 */
#include <weft/prelude.h>

DERIVE(json)
typedef struct author {
    int32_t age RANGE("a", 150);
    double height RANGE(0, "b");
} author;
