/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * base/digits.h: decimal digits, two or eight at once.
 */
#ifndef WEFT_BASE_DIGITS_H
#define WEFT_BASE_DIGITS_H

#include "base/scan.h"

#define WEFT__EIGHT_DIGITS 100000000

extern const char weft__digit_pairs[201]; /* 00 to 99 */

/* The digits of a value below 10^8, each in a byte, the first one in the lowest: halves, then
 * pairs, then single ones are parted, all at the same time. The factors divide by 100 and by 10,
 * rounding down, as far as the parts reach. */
static inline uint64_t weft__eight_digits(uint32_t value)
{
    uint64_t halves = value / 10000 | (uint64_t)(value % 10000) << 32;
    uint64_t hundreds = halves * 5243 >> 19 & UINT64_C(0x0000007f0000007f);
    uint64_t pairs = hundreds | (halves - hundreds * 100) << 16;
    uint64_t tens = pairs * 103 >> 10 & UINT64_C(0x000f000f000f000f);
    return tens | (pairs - tens * 10) << 8;
}

/* Writes digits, lowest byte first. */
static inline void weft__put_eight_digits(char *to, uint64_t digits)
{
    weft__store_word(to, digits + WEFT__EACH_BYTE('0'));
}

static inline size_t weft__put_below_hundred(uint32_t value, char *to)
{
    if (value < 10) {
        *to = (char)('0' + value);
        return 1;
    }
    memcpy(to, weft__digit_pairs + value * 2, 2);
    return 2;
}

/* Writes a value below 10^8, and anything up to the eighth byte. */
static inline size_t weft__put_first_digits(uint32_t value, char *to)
{
    if (value < 100)
        return weft__put_below_hundred(value, to);
    if (value < 10000) {
        size_t count = weft__put_below_hundred(value / 100, to);
        memcpy(to + count, weft__digit_pairs + value % 100 * 2, 2);
        return count + 2;
    }
    uint64_t digits = weft__eight_digits(value);
    unsigned zeros = (unsigned)__builtin_ctzll(digits) / 8;
    weft__put_eight_digits(to, digits >> zeros * 8);
    return 8 - zeros;
}

#endif
