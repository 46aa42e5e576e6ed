/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * base/str.c: what a view of bytes needs beyond the header.
 */
#include <weft/base.h>

static unsigned char lower(char byte)
{
    unsigned char c = (unsigned char)byte;
    return c >= 'A' && c <= 'Z' ? (unsigned char)(c | 0x20) : c;
}

bool weft_str_equal_nocase(weft_str a, weft_str b)
{
    if (a.len != b.len)
        return false;
    for (size_t i = 0; i < a.len; i++) {
        if (lower(a.at[i]) != lower(b.at[i]))
            return false;
    }
    return true;
}
