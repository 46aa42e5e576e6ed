/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * A str, which has no NUL at its end, is logged as a C string.
 *
 * gcc: format '%s' expects argument of type 'char \*', but argument 4 has type 'str'|format '%s' expects
 * clang: format specifies type 'char \*'
 */
#include <weft/prelude.h>

void greet(str name);

void greet(str name)
{
    weft_log(WEFT_LOG_INFO, "greeter", "hello %s", name);
}
