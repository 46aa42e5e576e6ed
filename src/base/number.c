/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * base/number.c: whole texts to scalars, and integers to text.
 */
#include "base/decimal.h"
#include "base/digits.h"
#include <math.h>
#include <weft/check.h>

static bool scan_whole(weft_str s, weft__decimal *number)
{
    if (s.len == 0)
        return false;
    const char *end = s.at + s.len, *fault;
    return weft__decimal_scan(s.at, end, number, &fault) == end;
}

/* "-0" is a number in JSON, but a second text of one integer. */
static bool is_minus_zero(weft_str s)
{
    return weft_str_equal(s, WEFT_STR("-0"));
}

/* What integers nearly always are. False says nothing. */
static bool short_i64(weft_str s, int64_t *value)
{
    weft__short_decimal number;
    const char *end = s.at + s.len;
    if (s.len == 0 || weft__decimal_short(s.at, end, &number) != end || number.fraction != 0 ||
        (number.negative && number.digits == 0))
        return false;
    *value = weft__decimal_short_i64(&number);
    return true;
}

bool weft_text_to_i64(weft_str s, int64_t min, int64_t max, int64_t *out)
{
    weft__decimal number;
    int64_t value;
    if (WEFT_UNLIKELY(!short_i64(s, &value)) &&
        (!scan_whole(s, &number) || !weft__decimal_i64(&number, &value) || is_minus_zero(s)))
        return false;
    if (value < min || value > max)
        return false;
    *out = value;
    return true;
}

bool weft_text_to_u64(weft_str s, uint64_t max, uint64_t *out)
{
    weft__decimal number;
    uint64_t value;
    int64_t small;
    if (WEFT_LIKELY(short_i64(s, &small) && small >= 0))
        value = (uint64_t)small;
    else if (!scan_whole(s, &number) || !weft__decimal_u64(&number, &value) || is_minus_zero(s))
        return false;
    if (value > max)
        return false;
    *out = value;
    return true;
}

bool weft_text_to_double(weft_str s, double *out)
{
    weft__decimal number;
    if (!scan_whole(s, &number))
        return false;
    double value = weft__decimal_value(&number);
    if (!isfinite(value))
        return false;
    *out = value;
    return true;
}

bool weft_text_to_bool(weft_str s, bool *out)
{
    bool yes = weft_str_equal(s, WEFT_STR("true"));
    if (!yes && !weft_str_equal(s, WEFT_STR("false")))
        return false;
    *out = yes;
    return true;
}

/* ---- writing: two or eight digits at once ---------------------------------------------------- */

const char weft__digit_pairs[201] = "00010203040506070809101112131415161718192021222324"
                                    "25262728293031323334353637383940414243444546474849"
                                    "50515253545556575859606162636465666768697071727374"
                                    "75767778798081828384858687888990919293949596979899";

static __attribute__((noinline)) size_t put_long(uint64_t value, char *to)
{
    uint64_t high = value / WEFT__EIGHT_DIGITS;
    uint32_t low = (uint32_t)(value % WEFT__EIGHT_DIGITS);
    size_t count = 0;
    if (high >= WEFT__EIGHT_DIGITS) {
        count = weft__put_first_digits((uint32_t)(high / WEFT__EIGHT_DIGITS), to);
        weft__put_eight_digits(to + count,
                               weft__eight_digits((uint32_t)(high % WEFT__EIGHT_DIGITS)));
        count += 8;
    } else {
        count = weft__put_first_digits((uint32_t)high, to);
    }
    weft__put_eight_digits(to + count, weft__eight_digits(low));
    return count + 8;
}

size_t weft_u64_to_text(uint64_t value, char *to)
{
    return value < WEFT__EIGHT_DIGITS ? weft__put_first_digits((uint32_t)value, to)
                                      : put_long(value, to);
}

size_t weft_i64_to_text(int64_t value, char *to)
{
    if (value >= 0)
        return weft_u64_to_text((uint64_t)value, to);
    *to = '-';
    return 1 + weft_u64_to_text(0 - (uint64_t)value, to + 1);
}
