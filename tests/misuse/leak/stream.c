/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * A connection that is refused stays open: the loop goes on without it.
 *
 * gcc: accepts
 * clang: 'stream' (is not held on every path|to be held at start of each loop)
 */
#include <weft/prelude.h>

bool is_welcome(const weft_address *peer);

weft_error greet_all(weft_listener *listener) USES(listener);
weft_error greet_all(weft_listener *listener)
{
    weft_stream *stream;
    while (weft_listener_accept(listener, &stream, NEVER) == WEFT_OK) {
        weft_address peer = weft_stream_peer(stream);
        if (!is_welcome(&peer))
            continue;
        TRY(weft_stream_write(stream, "hello\n", 6, NEVER));
        weft_stream_close(stream);
    }
    return WEFT_OK;
}
