/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * A struct inside a struct derives json, too.
 */
#include <weft/prelude.h>

typedef struct address {
    str city;
} address;

DERIVE(json)
typedef struct author {
    str name;
    address home;
} author;
