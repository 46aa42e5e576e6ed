/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * A function returns the address of its own variable.
 *
 * gcc: function (may )?returns? address of local variable
 * clang: address of stack memory associated with local variable 'text' returned
 */
#include <stdio.h>
#include <weft/prelude.h>

const char *spell(arena *memory, int32_t id);

const char *spell(arena *memory, int32_t id)
{
    char text[16];
    snprintf(text, sizeof text, "%d", id);
    return memory != NULL ? text : NULL;
}
