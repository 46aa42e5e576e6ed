/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * A call that only its fiber waits for.
 */
#include <weft/prelude.h>

http_status answer(int64_t seconds);

http_status answer(int64_t seconds)
{
    weft_error (*pause_for)(int64_t) = weft_sleep;
    TRY(pause_for(seconds * SECOND));
    return HTTP_OK;
}
