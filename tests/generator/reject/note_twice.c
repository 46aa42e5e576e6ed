/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * One rule given twice.
 */
#include <weft/prelude.h>

DERIVE(json)
typedef struct author {
    str name LENGTH(1, 80) LENGTH(1, 90);
} author;
