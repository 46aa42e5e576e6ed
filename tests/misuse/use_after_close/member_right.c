/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * It is used before.
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
    weft_error error = peer_say(&there, STR("hello"));
    peer_close(&there);
    return error;
}
