/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * A record that lies flat does so in JSON, queries and forms; where it derives them.
 */
#include <weft/prelude.h>

DERIVE(json, row)
typedef struct address {
    str town;
} address;

DERIVE(json, row)
typedef struct person {
    str name;
    address home FLATTEN;
} person;

DERIVE(query)
typedef struct search {
    str name;
    address home FLATTEN;
} search;
