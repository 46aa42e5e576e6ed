/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * A bit-field has no address to read into.
 */
#include <weft/prelude.h>

DERIVE(json)
typedef struct author {
    int64_t id;
    unsigned living : 1;
} author;
