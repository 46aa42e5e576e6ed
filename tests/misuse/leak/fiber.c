/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * A fiber is started and forgotten.
 *
 * gcc: accepts
 * clang: 'fiber' is (still held at the end|not held on every path)
 */
#include <weft/prelude.h>

void work(void *arg);

weft_error run_aside(void *arg)
{
    weft_fiber *fiber;
    TRY(weft_fiber_spawn(&fiber, "work", work, arg));
    return weft_sleep(SECOND);
}
