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

bool weft__equal_nocase(const char *a, const char *b, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        if (lower(a[i]) != lower(b[i]))
            return false;
    }
    return true;
}
