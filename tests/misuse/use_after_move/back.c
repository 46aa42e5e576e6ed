/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * A handle was moved out of a record, which is then closed as if it were still there.
 *
 * gcc: accepts
 * clang: releasing stream 'there.stream' that was not held
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
    peer_close(&there);
    return WEFT_OK;
}
