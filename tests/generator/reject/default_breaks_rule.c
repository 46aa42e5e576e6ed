/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * A default that the rules refuse.
 */
#include <weft/prelude.h>

DERIVE(query)
typedef struct filter {
    int32_t limit RANGE(1, 100) DEFAULT(0);
    str order LENGTH(1, 3) DEFAULT("name");
    str mail EMAIL DEFAULT("nobody");
} filter;
