/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * EMAIL is a rule for texts.
 */
#include <weft/prelude.h>

DERIVE(json)
typedef struct author {
    int64_t mail EMAIL;
} author;
