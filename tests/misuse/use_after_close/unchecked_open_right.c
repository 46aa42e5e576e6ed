/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * It is looked at.
 */
#include <weft/prelude.h>

weft_error listen_once(const weft_address *address)
{
    weft_listener *listener;
    TRY(weft_listener_open(&listener, address));
    weft_address chosen = weft_listener_address(listener);
    (void)chosen;
    weft_listener_close(listener);
    return WEFT_OK;
}
