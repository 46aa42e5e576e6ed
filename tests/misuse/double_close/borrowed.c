/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * A function closes what it was only lent.
 *
 * gcc: accepts
 * clang: expecting mutex 'to' to be held at the end of function
 */
#include <weft/prelude.h>

weft_error say(weft_stream *to, str text) USES(to);

weft_error say(weft_stream *to, str text)
{
    weft_error error = weft_stream_write(to, text.at, text.len, NEVER);
    weft_stream_close(to);
    return error;
}
