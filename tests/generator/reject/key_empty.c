/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * A name must have letters.
 */
#include <weft/prelude.h>

DERIVE(json)
typedef struct author {
    str name RENAME("");
} author;
