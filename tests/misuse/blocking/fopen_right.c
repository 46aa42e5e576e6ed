/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * The file is read on the blocking pool while the fiber waits.
 */
#include <weft/prelude.h>

http_status answer(arena *memory, str *out);

http_status answer(arena *memory, str *out)
{
    TRY(weft_file_read_all("motto.txt", 80, memory, out));
    return HTTP_OK;
}
