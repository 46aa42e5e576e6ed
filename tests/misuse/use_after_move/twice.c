/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * One connection is moved to two owners.
 *
 * gcc: accepts
 * clang: releasing stream 'stream' that was not held
 */
#include <weft/prelude.h>

typedef struct peer {
    weft_stream *stream;
} peer;

void peer_adopt(peer *to, weft_stream *stream) MOVES(stream, to->stream);
void peer_close(peer *to) CLOSES(to->stream);

weft_error adopt_both(const weft_address *address)
{
    weft_stream *stream;
    peer first, second;
    TRY(weft_stream_connect(&stream, address, NEVER));
    peer_adopt(&first, stream);
    peer_adopt(&second, stream);
    peer_close(&first);
    peer_close(&second);
    return WEFT_OK;
}
