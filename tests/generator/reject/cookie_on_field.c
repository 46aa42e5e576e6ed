/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Cookies are parameters, not members of bodies.
 */
#include <weft/prelude.h>

DERIVE(json)
typedef struct settings {
    str theme COOKIE("theme");
    str text BODY;
} settings;
