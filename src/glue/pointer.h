/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * glue/pointer.h: where a value is, for people and programs.
 */
#ifndef WEFT_GLUE_POINTER_H
#define WEFT_GLUE_POINTER_H

#include <weft/arena.h>

/* "/name", with `~` and `/` escaped (RFC 6901); "" when memory is exhausted. */
weft_str weft__glue_pointer(weft_arena *arena, weft_str name);

#endif
