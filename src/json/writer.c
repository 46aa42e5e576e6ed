/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * json/writer.c: doubles and floats to their shortest text. Values of few digits, nearly all that
 * people write, are found by multiplication and proven by division: m / 10^k of integers that a
 * double holds exactly rounds once, as reading "m e-k" does. The rest goes through printf.
 */
#include "base/decimal.h"
#include "base/digits.h"
#include <math.h>
#include <stdio.h>
#include <weft/codec.h>

#define EXACT    9007199254740992.0 /* 2^53: integers up to here are exact */
#define FRACTION 9                  /* digits after the point that the fast path tries */
/* Below, a value and its billionths, at most 2^51, are so close that one multiplication finds the
 * right ones: two roundings move them by less than a half. */
#define BILLIONTHS 2e6

/* Writes m / 10^k. */
static char *put_decimal(char *at, uint64_t m, unsigned k, uint64_t power)
{
    at += weft_u64_to_text(m / power, at);
    if (k == 0)
        return at;
    *at = '.';
    uint64_t rest = m % power;
    for (unsigned i = k; i > 0; i--, rest /= 10)
        at[i] = (char)('0' + rest % 10);
    return at + k + 1;
}

/* Writes m / 10^9, less than 10^8, without zeros at the end. */
static inline char *put_billionths(char *at, uint64_t m)
{
    at += weft__put_first_digits((uint32_t)(m / 1000000000), at);
    uint32_t rest = (uint32_t)(m % 1000000000);
    if (rest == 0)
        return at;
    *at++ = '.';
    uint32_t hundredths = rest / 10000000;
    if (hundredths * 10000000 == rest) { /* as money has: few, and soon known */
        memcpy(at, weft__digit_pairs + (size_t)hundredths * 2, 2);
        return at[1] != '0' ? at + 2 : at + 1;
    }
    *at++ = (char)('0' + rest / WEFT__EIGHT_DIGITS); /* nine: the first one stands alone */
    uint64_t digits = weft__eight_digits(rest % WEFT__EIGHT_DIGITS);
    weft__put_eight_digits(at, digits);
    return at + 8 - __builtin_clzll(digits) / 8;
}

static bool same(double value, double wanted, bool narrow)
{
    return narrow ? (float)value == (float)wanted : value == wanted;
}

/* The text of a positive value with at most FRACTION digits after the point; NULL when it has
 * more. */
static char *put_short(char *at, double value, bool narrow)
{
    uint64_t power = 1;
    if (value < BILLIONTHS && !narrow) /* which has been tried */
        return NULL;
    for (unsigned k = 0; k <= FRACTION; k++, power *= 10) {
        double scaled = value * (double)power;
        if (scaled >= EXACT)
            return NULL;
        uint64_t m = (uint64_t)(scaled + 0.5);
        if (same((double)m / (double)power, value, narrow))
            return put_decimal(at, m, k, power);
    }
    return NULL;
}

/* Replaces what the locale writes for the point. */
static size_t fix_point(char *at, size_t len)
{
    size_t to = 0;
    bool foreign = false;
    for (size_t i = 0; i < len; i++) {
        bool own = (at[i] >= '0' && at[i] <= '9') || strchr("+-e", at[i]) != NULL;
        if (own)
            at[to++] = at[i];
        else if (!foreign)
            at[to++] = '.';
        foreign = !own;
    }
    return to;
}

/* Tries a double, of either sign, that is not large; NULL for those that are no numbers, too. */
static inline char *try_billionths(char *at, double value)
{
    double magnitude = fabs(value);
    if (!(magnitude < BILLIONTHS))
        return NULL;
    int64_t m = (int64_t)(magnitude * 1e9 + 0.5);
    if ((double)m / 1e9 != magnitude)
        return NULL;
    *at = '-';
    return put_billionths(at + (signbit(value) != 0), (uint64_t)m);
}

/* The shortest %g that reads back as the same value. */
static __attribute__((noinline)) char *put_long(char *at, double value, bool narrow)
{
    char text[64];
    size_t len = 0;
    for (int digits = narrow ? 6 : 15; digits <= (narrow ? 9 : 17); digits++) {
        len = fix_point(text, (size_t)snprintf(text, sizeof text, "%.*g", digits, value));
        weft__decimal number;
        const char *fault;
        (void)weft__decimal_scan(text, text + len, &number, &fault);
        if (same(weft__decimal_value(&number), value, narrow))
            break;
    }
    return weft_json_put(at, text, len);
}

static __attribute__((noinline)) WEFT_NONNULL(1) char *put(char *at, double value, bool narrow)
{
    if (!isfinite(value))
        return weft_json_put(at, "null", 4);
    if (signbit(value)) {
        *at++ = '-';
        value = -value;
    }
    char *after = put_short(at, value, narrow);
    return after != NULL ? after : put_long(at, value, narrow);
}

char *weft_json_put_double(char *at, double value)
{
    char *after = try_billionths(at, value);
    return WEFT_LIKELY(after != NULL) ? after : put(at, value, false);
}

char *weft_json_put_float(char *at, float value)
{
    return put(at, (double)value, true);
}
