/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * The second child cannot be started, and the first one outlives what it uses.
 *
 * gcc: accepts
 * clang: 'both' is not held on every path
 */
#include <weft/prelude.h>

weft_error fetch(void *arg);

weft_error fetch_both(int32_t *first, int32_t *second)
{
    scope both;
    scope_enter(&both, SCOPE_FIRST_ERROR);
    TRY(scope_spawn(&both, "first", fetch, first));
    TRY(scope_spawn(&both, "second", fetch, second));
    return scope_leave(&both);
}
