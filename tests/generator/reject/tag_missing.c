/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * A union of which nothing says which member holds.
 */
#include <weft/prelude.h>

DERIVE(json)
typedef struct circle {
    double radius;
} circle;

DERIVE(json)
typedef struct shape {
    int32_t id;
    union {
        circle circle;
        circle disc;
    };
} shape;
