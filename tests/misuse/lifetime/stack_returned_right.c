/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * It returns memory of the arena.
 */
#include <stdio.h>
#include <weft/prelude.h>

const char *spell(arena *memory, int32_t id);

const char *spell(arena *memory, int32_t id)
{
    return weft_arena_printf(memory, "%d", id).at;
}
