/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * A call that blocks hides behind a function pointer.
 *
 * gcc: '(weft__wall_)?sleep' is unavailable: sleep holds up every request of its worker: use weft_sleep
 * clang: '(weft__wall_)?sleep' is unavailable: sleep holds up every request of its worker: use weft_sleep
 */
#include <weft/prelude.h>

http_status answer(int64_t seconds);

http_status answer(int64_t seconds)
{
    unsigned (*pause_for)(unsigned) = sleep;
    pause_for((unsigned)seconds);
    return HTTP_OK;
}
