/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * A union in a query string.
 */
#include <weft/prelude.h>

typedef enum kind { KIND_CIRCLE, KIND_NONE } kind;

DERIVE(json, query)
typedef struct circle {
    double radius;
} circle;

DERIVE(json, query)
typedef struct shape {
    kind kind TAG;
    union {
        circle circle;
    };
} shape;
