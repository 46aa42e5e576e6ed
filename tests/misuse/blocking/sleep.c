/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * A handler sleeps, and its worker with it.
 *
 * gcc: '(weft__wall_)?sleep' is unavailable: sleep holds up every request of its worker: use weft_sleep
 * clang: '(weft__wall_)?sleep' is unavailable: sleep holds up every request of its worker: use weft_sleep
 */
#include <weft/prelude.h>

http_status answer(void);

http_status answer(void)
{
    sleep(1);
    return HTTP_OK;
}
