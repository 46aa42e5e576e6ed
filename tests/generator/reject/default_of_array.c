/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * An array has no default.
 */
#include <weft/prelude.h>

DERIVE(json)
typedef struct author {
    ARRAY(str) names DEFAULT({0});
} author;
