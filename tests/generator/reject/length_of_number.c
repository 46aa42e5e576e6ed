/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * LENGTH counts characters and items.
 */
#include <weft/prelude.h>

DERIVE(json)
typedef struct author {
    int32_t age LENGTH(1, 150);
} author;
