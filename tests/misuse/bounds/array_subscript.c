/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * A list is taken for a C array, which nobody counts.
 *
 * gcc: subscripted value is neither array nor pointer
 * clang: subscripted value is not an array, pointer, or vector
 */
#include <weft/prelude.h>

int64_t third(ARRAY(int64_t) list);

int64_t third(ARRAY(int64_t) list)
{
    return list[2];
}
