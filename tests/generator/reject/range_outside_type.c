/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * A bound that the type cannot hold.
 */
#include <weft/prelude.h>

DERIVE(json)
typedef struct author {
    uint8_t age RANGE(-1, 150);
    int8_t rank RANGE(0, INT16_MAX);
} author;
