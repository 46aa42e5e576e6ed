/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * A size is printed as an int.
 *
 * gcc: format '%d' expects argument of type 'int'
 * clang: format specifies type 'int'
 */
#include <weft/prelude.h>

void list(weft_buffer *out, size_t count);

void list(weft_buffer *out, size_t count)
{
    weft_buffer_printf(out, "%d users", count);
}
