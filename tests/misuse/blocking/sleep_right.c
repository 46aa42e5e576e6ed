/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * The fiber sleeps; its worker goes on.
 */
#include <weft/prelude.h>

http_status answer(void);

http_status answer(void)
{
    TRY(weft_sleep(SECOND));
    return HTTP_OK;
}
