/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * A connection was moved into a record, and is used by its old name.
 *
 * gcc: accepts
 * clang: requires holding stream 'stream' exclusively
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
    weft_error error = weft_stream_write(stream, "hello\n", 6, NEVER);
    peer_close(&there);
    return error;
}
