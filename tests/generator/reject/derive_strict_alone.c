/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * strict without anything that is read.
 */
#include <weft/prelude.h>

DERIVE(row, strict)
typedef struct price {
    int32_t net;
} price;
