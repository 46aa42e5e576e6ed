/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * More is written than there is.
 *
 * gcc: reading 80 bytes from a region of size 8
 * clang: there are fewer bytes than that
 */
#include <weft/prelude.h>

weft_error greet(weft_stream *peer) USES(peer);

weft_error greet(weft_stream *peer)
{
    static const char hello[8] = "hello";
    return weft_stream_write(peer, hello, 80, NEVER);
}
