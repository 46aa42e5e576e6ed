/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * A fiber is joined twice.
 *
 * gcc: accepts
 * clang: releasing fiber 'fiber' that was not held
 */
#include <weft/prelude.h>

void work(void *arg);

weft_error run_aside(void *arg)
{
    weft_fiber *fiber;
    TRY(weft_fiber_spawn(&fiber, "work", work, arg));
    weft_fiber_join(fiber);
    weft_fiber_join(fiber);
    return WEFT_OK;
}
