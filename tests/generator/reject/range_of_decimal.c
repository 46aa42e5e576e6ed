/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * The bounds of a decimal are decimals.
 */
#include <weft/prelude.h>

DERIVE(json)
typedef struct price {
    decimal net RANGE(0, 1e6);
    decimal gross RANGE(2, 1.5);
    decimal tax RANGE(-0.5, 0.5) DEFAULT(0);
} price;
