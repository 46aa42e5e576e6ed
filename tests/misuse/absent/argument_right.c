/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * It is called when there is one.
 */
#include <weft/prelude.h>

void greet(str name);
void welcome(OPTIONAL(str) name);

void welcome(OPTIONAL(str) name)
{
    IF_SOME(given, name)
    greet(given);
}
