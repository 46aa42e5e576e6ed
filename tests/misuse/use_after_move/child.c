/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * A connection was given to a task, and is closed by who gave it.
 *
 * gcc: accepts
 * clang: 'stream' (that was not held|is not held on every path)
 */
#include <weft/prelude.h>

weft_error talk(void *arg);

weft_error talk_aside(const weft_address *address)
{
    weft_stream *stream;
    TRY(weft_stream_connect(&stream, address, NEVER));
    weft_error error = background("talk", talk, stream);
    if (!error)
        GIVES(stream); /* to talk */
    weft_stream_close(stream);
    return error;
}
