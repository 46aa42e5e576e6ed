/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * A default that is no enumerator.
 */
#include <weft/prelude.h>

typedef enum order { ORDER_NAME, ORDER_AGE } order;

DERIVE(query)
typedef struct filter {
    order by DEFAULT(ORDER_NAMES);
} filter;
