/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Bounds in the wrong order.
 */
#include <weft/prelude.h>

DERIVE(json)
typedef struct author {
    int32_t age RANGE(150, 0);
    double height RANGE(2.5, 0.5);
} author;
