/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * base/utf8.h: one UTF-8 sequence at a time (RFC 3629), for those who walk a text anyway.
 */
#ifndef WEFT_BASE_UTF8_H
#define WEFT_BASE_UTF8_H

#include <weft/base.h>

/* True when `byte` continues a sequence, and lies within what the sequence's first byte allows. */
static inline bool weft__utf8_continues(char byte, unsigned low, unsigned high)
{
    unsigned value = (unsigned char)byte;
    return value >= low && value <= high;
}

/* The length, 2 to 4, of the well-formed sequence at `at`, whose first byte is not ASCII; 0 when it
 * is not well-formed or cut off by `end`. */
static inline size_t weft__utf8_sequence(const char *at, const char *end)
{
    unsigned first = (unsigned char)*at;
    size_t room = (size_t)(end - at);
    if (first < 0xe0) {
        bool good = first >= 0xc2 && room >= 2 && weft__utf8_continues(at[1], 0x80, 0xbf);
        return good ? 2 : 0;
    }
    if (first < 0xf0) {
        unsigned low = first == 0xe0 ? 0xa0 : 0x80;  /* no overlong forms */
        unsigned high = first == 0xed ? 0x9f : 0xbf; /* no surrogates */
        bool good = room >= 3 && weft__utf8_continues(at[1], low, high) &&
                    weft__utf8_continues(at[2], 0x80, 0xbf);
        return good ? 3 : 0;
    }
    unsigned low = first == 0xf0 ? 0x90 : 0x80;  /* no overlong forms */
    unsigned high = first == 0xf4 ? 0x8f : 0xbf; /* at most U+10FFFF */
    bool good = first <= 0xf4 && room >= 4 && weft__utf8_continues(at[1], low, high) &&
                weft__utf8_continues(at[2], 0x80, 0xbf) && weft__utf8_continues(at[3], 0x80, 0xbf);
    return good ? 4 : 0;
}

#endif
