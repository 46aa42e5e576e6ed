/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * It is closed, which ends it.
 */
#include <weft/prelude.h>

weft_error reload(void)
{
    const char *const words[] = {"systemctl", "reload", "app", NULL};
    weft_process *child;
    weft_process_end end;
    TRY(weft_process_spawn(&child, words, NULL));
    weft_error error = weft_process_wait(child, &end, deadline_after(10 * SECOND));
    weft_process_close(child);
    return !error && end.code != 0 ? WEFT_IO : error;
}
