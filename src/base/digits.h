/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * base/digits.h: eight decimal digits at once, each in a byte of one word.
 */
#ifndef WEFT_BASE_DIGITS_H
#define WEFT_BASE_DIGITS_H

#include "base/scan.h"

/* The digits of a value below 10^8, the first one in the lowest byte: halves, then pairs, then
 * single ones are parted, all at the same time. The factors divide by 100 and by 10, rounding down,
 * as far as the parts reach. */
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

#endif
