/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * A query string is flat.
 */
#include <weft/prelude.h>

DERIVE(json)
typedef struct span {
    int32_t from, to;
} span;

DERIVE(query)
typedef struct filter {
    span born;
} filter;
