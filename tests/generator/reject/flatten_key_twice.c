/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * A member of a record that lies flat is called as another.
 */
#include <weft/prelude.h>

DERIVE(json)
typedef struct address {
    str town;
    str name;
} address;

DERIVE(json)
typedef struct person {
    str name;
    address home FLATTEN;
} person;
