/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * It is closed at the end.
 */
#include <weft/prelude.h>

weft_error serve_one(const weft_address *address)
{
    weft_listener *listener;
    weft_stream *stream;
    TRY(weft_listener_open(&listener, address));
    weft_error error = weft_listener_accept(listener, &stream, NEVER);
    if (error == WEFT_OK)
        weft_stream_close(stream);
    weft_listener_close(listener);
    return error;
}
