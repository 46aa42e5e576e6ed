/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * base/utf8.c: whether a text is UTF-8, and how many characters it has.
 */
#include "base/utf8.h"
#include "base/scan.h"
#include <weft/check.h>

bool weft_utf8_valid(weft_str s)
{
    if (s.len == 0)
        return true;
    const char *end = s.at + s.len;
    for (const char *at = weft__skip_ascii(s.at, end); at < end;) {
        size_t len = (unsigned char)*at < 0x80 ? 1 : weft__utf8_sequence(at, end);
        if (len == 0)
            return false;
        at = len == 1 ? weft__skip_ascii(at, end) : at + len;
    }
    return true;
}

/* Counts the bytes that start a character: all but 10xxxxxx. */
size_t weft_utf8_length(weft_str s)
{
    size_t count = 0, i = 0;
    for (; s.len - i >= 8; i += 8) {
        uint64_t word = weft__load_word(s.at + i);
        uint64_t starts = (~(word >> 7) | (word >> 6)) & WEFT__EACH_BYTE(0x01);
        count += (size_t)((starts * WEFT__EACH_BYTE(0x01)) >> 56);
    }
    for (; i < s.len; i++)
        count += ((unsigned char)s.at[i] & 0xc0) != 0x80;
    return count;
}
