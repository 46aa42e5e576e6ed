/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * A word of Weft's that is misspelt.
 */
#include <weft/prelude.h>

#define HEADS(n) (n)

DERVE(json)
typedef struct author {
    int32_t id;
} author;
