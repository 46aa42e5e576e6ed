/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * It is joined.
 */
#include <weft/prelude.h>

void work(void *arg);

weft_error run_aside(void *arg)
{
    weft_fiber *fiber;
    TRY(weft_fiber_spawn(&fiber, "work", work, arg));
    weft_error error = weft_sleep(SECOND);
    weft_fiber_join(fiber);
    return error;
}
