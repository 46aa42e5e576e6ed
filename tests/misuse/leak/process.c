/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Nobody waits for the child, and nobody closes it.
 *
 * gcc: accepts
 * clang: 'child' is (still held at the end|not held on every path)
 */
#include <weft/prelude.h>

weft_error reload(void)
{
    const char *const words[] = {"systemctl", "reload", "app", NULL};
    weft_process *child;
    TRY(weft_process_spawn(&child, words, NULL));
    return WEFT_OK;
}
