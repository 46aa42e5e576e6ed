/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * RANGE bounds numbers.
 */
#include <weft/prelude.h>

DERIVE(json)
typedef struct author {
    str name RANGE(1, 80);
} author;
