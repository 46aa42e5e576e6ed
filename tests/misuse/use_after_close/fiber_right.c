/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * It is cancelled, then joined.
 */
#include <weft/prelude.h>

void work(void *arg);

weft_error stop_it(void *arg)
{
    weft_fiber *fiber;
    TRY(weft_fiber_spawn(&fiber, "work", work, arg));
    weft_fiber_cancel(fiber);
    weft_fiber_join(fiber);
    return WEFT_OK;
}
