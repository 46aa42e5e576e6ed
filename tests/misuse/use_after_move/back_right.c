/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Who took it out closes it.
 */
#include <weft/prelude.h>

typedef struct peer {
    weft_stream *stream;
} peer;

weft_error peer_open(peer *to, const weft_address *address) TRY_OPENS(to->stream);
void peer_release(peer *from, weft_stream **stream) MOVES(from->stream, *stream);
void peer_close(peer *to) CLOSES(to->stream);

weft_error take_out(const weft_address *address)
{
    peer there;
    weft_stream *stream;
    TRY(peer_open(&there, address));
    peer_release(&there, &stream);
    weft_stream_close(stream);
    return WEFT_OK;
}
