/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * base/decimal.h: a number as JSON writes it (RFC 8259 section 6), taken apart but not yet rounded.
 */
#ifndef WEFT_BASE_DECIMAL_H
#define WEFT_BASE_DECIMAL_H

#include <weft/base.h>

typedef struct weft__decimal {
    const char *at, *end; /* the text */
    uint64_t digits;      /* all digits as one integer, when `exact` */
    size_t fraction;      /* how many of them follow the point */
    int64_t exponent;     /* as written: the value is digits * 10^(exponent - fraction) */
    bool negative;
    bool integral; /* neither fraction nor exponent */
    bool exact;    /* the digits fit into 64 bits */
} weft__decimal;

/* A number as nearly all are: a sign, at most WEFT__SHORT_DIGITS digits, perhaps a point among
 * them, no exponent. */
typedef struct weft__short_decimal {
    uint64_t digits;   /* all digits as one integer */
    unsigned fraction; /* how many of them follow the point; 0: there is none */
    bool negative;
} weft__short_decimal;

#define WEFT__SHORT_DIGITS 18

static inline const char *weft__take_digits(const char *at, const char *end, uint64_t *digits)
{
    uint64_t value = *digits;
    for (unsigned digit; at < end && (digit = (unsigned)*at - '0') <= 9; at++)
        value = value * 10 + digit;
    *digits = value;
    return at;
}

/* Reads the number that starts at `at`, when it is short; returns where it ends. NULL says nothing:
 * weft__decimal_scan knows all numbers, and what is wrong with those that are none. */
static inline const char *weft__decimal_short(const char *at, const char *end,
                                              weft__short_decimal *number)
{
    *number = (weft__short_decimal){.digits = 0};
    if (WEFT_UNLIKELY(at < end && *at == '-')) {
        number->negative = true;
        at++;
    }
    const char *first = at, *point;
    point = at = weft__take_digits(first, end, &number->digits);
    size_t count = (size_t)(at - first);
    if (count == 0 || (count > 1 && *first == '0'))
        return NULL;
    if (at < end && *at == '.') {
        at = weft__take_digits(at + 1, end, &number->digits);
        number->fraction = (unsigned)(at - point) - 1;
        count += number->fraction;
        if (number->fraction == 0)
            return NULL;
    }
    bool more = at < end && (*at | 0x20) == 'e';
    return count <= WEFT__SHORT_DIGITS && !more ? at : NULL;
}

static inline int64_t weft__decimal_short_i64(const weft__short_decimal *number)
{
    return (int64_t)(number->negative ? 0 - number->digits : number->digits);
}

extern const double weft__powers_of_ten[23]; /* those that a double holds exactly */

/* Whether one division of exact doubles gives the value of a short number, rounded once and
 * therefore correctly (Clinger). */
static inline bool weft__decimal_short_value(const weft__short_decimal *number, double *out)
{
    if (number->digits > UINT64_C(1) << 53)
        return false;
    double value = (double)(int64_t)number->digits / weft__powers_of_ten[number->fraction];
    *out = number->negative ? -value : value;
    return true;
}

/* Reads the number that starts at `at`; returns where it ends, or NULL when there is none, with
 * *fault at the byte that does not fit. */
const char *weft__decimal_scan(const char *at, const char *end, weft__decimal *number,
                               const char **fault);

/* The nearest double, ties to even; an infinity when there is none. */
double weft__decimal_value(const weft__decimal *number);

/* The value of an integral number; false when it does not fit. */
bool weft__decimal_i64(const weft__decimal *number, int64_t *out) WEFT_NODISCARD;
bool weft__decimal_u64(const weft__decimal *number, uint64_t *out) WEFT_NODISCARD;

#endif
