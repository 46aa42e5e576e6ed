/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Maps, changes and raw JSON are for bodies.
 */
#include <weft/prelude.h>

DERIVE(json, query)
typedef struct search {
    MAP(str) words;
    CHANGE(str) word;
    json_raw where;
} search;
