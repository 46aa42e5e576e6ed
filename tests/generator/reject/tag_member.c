/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Members of a union that no enumerator names, or that are no structs for JSON.
 */
#include <weft/prelude.h>

typedef enum kind { KIND_CIRCLE, KIND_NUMBER, KIND_SECRET, KIND_DEEP } kind;

DERIVE(json)
typedef struct circle {
    double radius;
} circle;

typedef struct secret {
    str word;
} secret;

DERIVE(json)
typedef struct deep {
    kind depth TAG;
    union {
        circle circle;
    };
} deep;

DERIVE(json)
typedef struct shape {
    kind kind TAG;
    union {
        circle circel;
        double number;
        secret secret;
        deep deep;
    };
} shape;
