/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Each on the way says so, up to the job of the blocking pool.
 */
#include <weft/prelude.h>

int32_t ask_printer(int32_t tray) BLOCKS; /* of another file */

static int32_t first_full_tray(int32_t trays) BLOCKS;
static int32_t first_full_tray(int32_t trays)
{
    for (int32_t tray = 0; tray < trays; tray++)
        if (ask_printer(tray) > 0)
            return tray;
    return -1;
}

static void look(void *out) BLOCKS;
static void look(void *out)
{
    *(int32_t *)out = first_full_tray(4);
}

http_status answer(int32_t *out);

http_status answer(int32_t *out)
{
    TRY(blocking_run(look, out));
    return HTTP_OK;
}
