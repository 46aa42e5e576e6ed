/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Each owner has a connection of its own.
 */
#include <weft/prelude.h>

typedef struct peer {
    weft_stream *stream;
} peer;

void peer_adopt(peer *to, weft_stream *stream) MOVES(stream, to->stream);
void peer_close(peer *to) CLOSES(to->stream);

weft_error adopt_both(const weft_address *address)
{
    weft_stream *stream, *other;
    peer first, second;
    TRY(weft_stream_connect(&stream, address, NEVER));
    peer_adopt(&first, stream);
    weft_error error = weft_stream_connect(&other, address, NEVER);
    if (!error) {
        peer_adopt(&second, other);
        peer_close(&second);
    }
    peer_close(&first);
    return error;
}
