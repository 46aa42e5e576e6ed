/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * What wants a value is given what may be none.
 *
 * gcc: incompatible type for argument 1 of 'greet'
 * clang: passing .* to parameter of incompatible type
 */
#include <weft/prelude.h>

void greet(str name);
void welcome(OPTIONAL(str) name);

void welcome(OPTIONAL(str) name)
{
    greet(name);
}
