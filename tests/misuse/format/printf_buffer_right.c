/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * A size is printed as a size.
 */
#include <weft/prelude.h>

void list(weft_buffer *out, size_t count);

void list(weft_buffer *out, size_t count)
{
    weft_buffer_printf(out, "%zu users", count);
}
