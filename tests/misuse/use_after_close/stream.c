/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * The connection is closed when the last word is said.
 *
 * gcc: accepts
 * clang: requires holding stream 'stream' exclusively
 */
#include <weft/prelude.h>

weft_error say_goodbye(const weft_address *to)
{
    weft_stream *stream;
    TRY(weft_stream_connect(&stream, to, NEVER));
    weft_error error = weft_stream_write(stream, "hello\n", 6, NEVER);
    weft_stream_close(stream);
    return error ? error : weft_stream_write(stream, "bye\n", 4, NEVER);
}
