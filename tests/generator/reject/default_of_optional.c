/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * OPTIONAL is absent by default.
 */
#include <weft/prelude.h>

DERIVE(query)
typedef struct filter {
    OPTIONAL(int32_t) limit DEFAULT(20);
} filter;
