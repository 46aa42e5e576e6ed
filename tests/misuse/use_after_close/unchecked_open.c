/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * What opening answered is kept, and not looked at.
 *
 * gcc: accepts
 * clang: requires holding listener 'listener' exclusively
 */
#include <weft/prelude.h>

weft_error listen_once(const weft_address *address)
{
    weft_listener *listener;
    weft_error error = weft_listener_open(&listener, address);
    weft_address chosen = weft_listener_address(listener);
    (void)chosen;
    return error;
}
