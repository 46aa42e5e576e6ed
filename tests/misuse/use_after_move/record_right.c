/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * It is used by its new name.
 */
#include <weft/prelude.h>

typedef struct peer {
    weft_stream *stream;
} peer;

/* The stream is the peer's from now on. */
void peer_adopt(peer *to, weft_stream *stream) MOVES(stream, to->stream);
void peer_close(peer *to) CLOSES(to->stream);

weft_error adopt(const weft_address *address)
{
    weft_stream *stream;
    peer there;
    TRY(weft_stream_connect(&stream, address, NEVER));
    peer_adopt(&there, stream);
    weft_error error = weft_stream_write(there.stream, "hello\n", 6, NEVER);
    peer_close(&there);
    return error;
}
