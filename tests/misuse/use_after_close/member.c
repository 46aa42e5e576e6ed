/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * A handle in a record is used after a function of the program has closed it.
 *
 * gcc: accepts
 * clang: 'peer_say' requires holding stream 'there.stream' exclusively
 */
#include <weft/prelude.h>

typedef struct peer {
    weft_stream *stream;
} peer;

weft_error peer_open(peer *to, const weft_address *address) TRY_OPENS(to->stream);
weft_error peer_say(peer *to, str text) USES(to->stream);
void peer_close(peer *to) CLOSES(to->stream);

weft_error greet(const weft_address *address)
{
    peer there;
    TRY(peer_open(&there, address));
    peer_close(&there);
    return peer_say(&there, STR("hello"));
}
