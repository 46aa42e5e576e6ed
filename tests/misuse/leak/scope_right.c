/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Every way out leaves the scope, which waits for the children.
 */
#include <weft/prelude.h>

weft_error fetch(void *arg);

weft_error fetch_both(int32_t *first, int32_t *second)
{
    scope both;
    scope_enter(&both, SCOPE_FIRST_ERROR);
    weft_error error = scope_spawn(&both, "first", fetch, first);
    if (!error)
        error = scope_spawn(&both, "second", fetch, second);
    weft_error failed = scope_leave(&both);
    return error ? error : failed;
}
