/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * glue/binding.h: what the files of the room share.
 */
#ifndef WEFT_GLUE_BINDING_H
#define WEFT_GLUE_BINDING_H

#include <weft/glue.h>

/* "/name", with `~` and `/` escaped (RFC 6901); "" when memory is exhausted. */
weft_str weft__glue_pointer(weft_arena *arena, weft_str name);

/* Refuses a body with violations, 422, unless the request is refused already. */
void weft__binding_judge(weft_binding *binding);

#endif
