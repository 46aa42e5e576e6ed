/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * A str is logged with its length.
 */
#include <weft/prelude.h>

void greet(str name);

void greet(str name)
{
    weft_log(WEFT_LOG_INFO, "greeter", "hello %.*s", STR_ARGS(name));
}
