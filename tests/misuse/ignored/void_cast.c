/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * A cast to void does not make a failed write succeed. clang takes the cast for a decision.
 *
 * gcc: ignoring return value of .*weft_file_write_at
 * clang: accepts
 */
#include <weft/prelude.h>

weft_error save(weft_file *file, const void *bytes, size_t len) USES(file);

weft_error save(weft_file *file, const void *bytes, size_t len)
{
    (void)weft_file_write_at(file, bytes, len, 0);
    return weft_file_sync(file);
}
