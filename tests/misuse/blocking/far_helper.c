/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * What blocks is two calls away, and in another file.
 *
 * gcc: accepts
 * clang: requires holding .*'weft_may_block'
 */
#include <weft/prelude.h>

int32_t ask_printer(int32_t tray) BLOCKS; /* of another file */

static int32_t first_full_tray(int32_t trays)
{
    for (int32_t tray = 0; tray < trays; tray++)
        if (ask_printer(tray) > 0)
            return tray;
    return -1;
}

http_status answer(int32_t *out);

http_status answer(int32_t *out)
{
    *out = first_full_tray(4);
    return HTTP_OK;
}
