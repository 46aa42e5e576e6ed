/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * A record that holds itself has no bounded depth.
 */
#include <weft/prelude.h>

typedef struct comment comment;
ARRAY_OF(comment);

DERIVE(json)
typedef struct comment {
    str text;
    ARRAY(comment) answers;
} comment;

DERIVE(json)
typedef struct page {
    ARRAY(comment) comments;
} page;
