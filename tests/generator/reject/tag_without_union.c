/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * A tag that is about nothing.
 */
#include <weft/prelude.h>

typedef enum kind { KIND_A, KIND_B } kind;

DERIVE(json)
typedef struct thing {
    kind kind TAG;
    int32_t size;
} thing;
