/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Two fields with one name outside C.
 */
#include <weft/prelude.h>

DERIVE(json)
typedef struct author {
    str name;
    str pen_name RENAME("name");
} author;
