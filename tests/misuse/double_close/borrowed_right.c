/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * It leaves that to its caller.
 */
#include <weft/prelude.h>

weft_error say(weft_stream *to, str text) USES(to);

weft_error say(weft_stream *to, str text)
{
    return weft_stream_write(to, text.at, text.len, NEVER);
}
