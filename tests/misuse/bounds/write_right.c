/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * What there is is written.
 */
#include <weft/prelude.h>

weft_error greet(weft_stream *peer) USES(peer);

weft_error greet(weft_stream *peer)
{
    static const char hello[8] = "hello";
    return weft_stream_write(peer, hello, sizeof hello, NEVER);
}
