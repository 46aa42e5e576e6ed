/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * It is started while the scope is there.
 */
#include <weft/prelude.h>

weft_error work(void *arg);

weft_error work_twice(void *arg)
{
    scope both;
    scope_enter(&both, SCOPE_ALL);
    weft_error error = scope_spawn(&both, "again", work, arg);
    weft_error failed = scope_leave(&both);
    return error ? error : failed;
}
