/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * The write is tried, and what failed is answered.
 */
#include <weft/prelude.h>

weft_error save(weft_file *file, const void *bytes, size_t len) USES(file);

weft_error save(weft_file *file, const void *bytes, size_t len)
{
    TRY(weft_file_write_at(file, bytes, len, 0));
    return weft_file_sync(file);
}
