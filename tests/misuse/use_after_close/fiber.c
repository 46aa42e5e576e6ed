/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * A fiber is cancelled after it was joined, when its memory is somebody else's.
 *
 * gcc: accepts
 * clang: requires holding fiber 'fiber' exclusively
 */
#include <weft/prelude.h>

void work(void *arg);

weft_error stop_it(void *arg)
{
    weft_fiber *fiber;
    TRY(weft_fiber_spawn(&fiber, "work", work, arg));
    weft_fiber_join(fiber);
    weft_fiber_cancel(fiber);
    return WEFT_OK;
}
