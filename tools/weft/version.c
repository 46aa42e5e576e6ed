/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * weft/version.c: "weft version".
 */
#include <weft/weft.h>

#include "command.h"

int run_version(const tool_arguments *given)
{
    (void)given;
    puts("weft " WEFT_VERSION);
    return EXIT_OK;
}
