/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * The last word is said before the connection is closed.
 */
#include <weft/prelude.h>

weft_error say_goodbye(const weft_address *to)
{
    weft_stream *stream;
    TRY(weft_stream_connect(&stream, to, NEVER));
    weft_error error = weft_stream_write(stream, "hello\n", 6, NEVER);
    if (!error)
        error = weft_stream_write(stream, "bye\n", 4, NEVER);
    weft_stream_close(stream);
    return error;
}
