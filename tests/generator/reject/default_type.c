/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * A default of another type.
 */
#include <weft/prelude.h>

DERIVE(query)
typedef struct filter {
    int32_t limit DEFAULT("20");
    bool deep DEFAULT(1);
    str order DEFAULT(name);
    uint8_t depth DEFAULT(256);
} filter;
