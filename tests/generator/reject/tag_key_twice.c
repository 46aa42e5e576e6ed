/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * A member of the union's struct is called as one that is always there.
 */
#include <weft/prelude.h>

typedef enum kind { KIND_CIRCLE, KIND_NONE } kind;

DERIVE(json)
typedef struct circle {
    double radius;
    int32_t id;
} circle;

DERIVE(json)
typedef struct shape {
    int32_t id;
    kind kind TAG;
    union {
        circle circle;
    };
} shape;
