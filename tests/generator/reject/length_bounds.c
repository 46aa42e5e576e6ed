/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Bounds in the wrong order, and below zero.
 */
#include <weft/prelude.h>

DERIVE(json)
typedef struct author {
    str name LENGTH(80, 1);
    str site LENGTH(-1, 80);
} author;
