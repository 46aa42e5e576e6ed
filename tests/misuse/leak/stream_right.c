/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * It is closed before the loop goes on.
 */
#include <weft/prelude.h>

bool is_welcome(const weft_address *peer);

weft_error greet_all(weft_listener *listener) USES(listener);
weft_error greet_all(weft_listener *listener)
{
    weft_stream *stream;
    weft_error error = WEFT_OK;
    while (!error && weft_listener_accept(listener, &stream, NEVER) == WEFT_OK) {
        weft_address peer = weft_stream_peer(stream);
        if (is_welcome(&peer))
            error = weft_stream_write(stream, "hello\n", 6, NEVER);
        weft_stream_close(stream);
    }
    return error;
}
