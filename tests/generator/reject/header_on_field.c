/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Only parameters come from header fields.
 */
#include <weft/prelude.h>

DERIVE(json)
typedef struct author {
    str name HEADER("x-name");
} author;
