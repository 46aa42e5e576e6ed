/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * What cannot lie flat in the record that holds it.
 */
#include <weft/prelude.h>

typedef enum kind { KIND_CIRCLE, KIND_NONE } kind;

DERIVE(json)
typedef struct address {
    str town;
} address;
OPTIONAL_OF(address);

DERIVE(json)
typedef struct shape {
    kind kind TAG;
    union {
        address circle;
    };
} shape;

DERIVE(json)
typedef struct person {
    int32_t age FLATTEN;
    OPTIONAL(address) home FLATTEN;
    shape shape FLATTEN;
} person;
