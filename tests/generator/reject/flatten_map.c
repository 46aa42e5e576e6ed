/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * A map that collects what no field has: in a strict record, twice, with a length, alone.
 */
#include <weft/prelude.h>

DERIVE(json, strict)
typedef struct closed {
    str name;
    MAP(json_raw) rest FLATTEN;
} closed;

DERIVE(json)
typedef struct twice {
    str name;
    MAP(json_raw) rest FLATTEN;
    MAP(str) more FLATTEN LENGTH(0, 3);
} twice;

DERIVE(json)
typedef struct alone {
    MAP(str) all FLATTEN;
} alone;
