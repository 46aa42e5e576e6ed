/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * The task closes it.
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
    else
        weft_stream_close(stream);
    return error;
}
