/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * A child is started in a scope that was left.
 *
 * gcc: accepts
 * clang: requires holding scope 'both' exclusively
 */
#include <weft/prelude.h>

weft_error work(void *arg);

weft_error work_twice(void *arg)
{
    scope both;
    scope_enter(&both, SCOPE_ALL);
    TRY(scope_leave(&both));
    return scope_spawn(&both, "again", work, arg);
}
