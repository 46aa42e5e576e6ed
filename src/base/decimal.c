/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * base/decimal.c: decimal text to exact doubles. Short numbers take one multiplication or division
 * of exact doubles, which rounds once and therefore correctly (Clinger); all others go to strtod,
 * as at most 768 digits, more of which cannot change the result but by not being zero.
 */
#include "base/decimal.h"
#include <locale.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#define SAFE_DIGITS     19                 /* always fit into 64 bits */
#define EXPONENT_LIMIT  (INT64_C(1) << 40) /* a written exponent beyond is as good as infinite */
#define DECISIVE_DIGITS 768                /* digits that can decide how a double rounds */

static bool is_digit(char byte)
{
    return (unsigned char)(byte - '0') <= 9;
}

/* e, E, sign, digits. NULL and *fault when there are no digits. */
static const char *scan_exponent(const char *at, const char *end, int64_t *exponent,
                                 const char **fault)
{
    at++;
    bool negative = at < end && *at == '-';
    at += at < end && (*at == '-' || *at == '+');
    const char *first = at;
    int64_t value = 0;
    for (; at < end && is_digit(*at); at++)
        value = value < EXPONENT_LIMIT ? value * 10 + (*at - '0') : value;
    *exponent = negative ? -value : value;
    *fault = at;
    return at != first ? at : NULL;
}

/* The digits of a long number once more, with care; false when 64 bits do not hold them. */
static bool recount(weft__decimal *number)
{
    number->digits = 0;
    for (const char *at = number->at; at < number->end && (*at | 0x20) != 'e'; at++) {
        if (is_digit(*at) &&
            (__builtin_mul_overflow(number->digits, 10u, &number->digits) ||
             __builtin_add_overflow(number->digits, (unsigned)(*at - '0'), &number->digits)))
            return false;
    }
    return true;
}

const char *weft__decimal_scan(const char *at, const char *end, weft__decimal *number,
                               const char **fault)
{
    *number = (weft__decimal){.at = at, .negative = at < end && *at == '-', .integral = true};
    at += number->negative;
    const char *first = at;
    at = at < end && *at == '0' ? at + 1 : weft__take_digits(at, end, &number->digits);
    size_t count = (size_t)(at - first);
    *fault = at;
    if (count == 0)
        return NULL;
    if (at < end && *at == '.') {
        const char *point = at++;
        at = weft__take_digits(at, end, &number->digits);
        *fault = at;
        if (at - point == 1)
            return NULL;
        number->integral = false;
        number->fraction = (size_t)(at - point) - 1;
        count += number->fraction;
    }
    if (at < end && (*at | 0x20) == 'e') {
        number->integral = false;
        at = scan_exponent(at, end, &number->exponent, fault);
        if (at == NULL)
            return NULL;
    }
    number->end = at;
    number->exact = WEFT_LIKELY(count <= SAFE_DIGITS) || recount(number);
    return at;
}

static locale_t c_locale;

static void make_locale(void)
{
    c_locale = newlocale(LC_ALL_MASK, "C", (locale_t)0);
}

/* strtod as if no locale were set; when the system has no memory for that, the current locale. */
static double parse(const char *text)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    (void)pthread_once(&once, make_locale);
    return c_locale != (locale_t)0 ? strtod_l(text, NULL, c_locale) : strtod(text, NULL);
}

/* The decisive digits of a number at `to`, without leading zeros; returns how many, and in *dropped
 * how often they must be multiplied by ten to have the magnitude of all digits. */
static size_t take_digits(const weft__decimal *number, char *to, int64_t *dropped)
{
    size_t count = 0;
    bool more = false;
    *dropped = 0;
    for (const char *at = number->at; at < number->end && (*at | 0x20) != 'e'; at++) {
        if (!is_digit(*at) || (count == 0 && *at == '0'))
            continue;
        if (count < DECISIVE_DIGITS) {
            to[count++] = *at;
        } else {
            *dropped += 1;
            more |= *at != '0';
        }
    }
    if (more) {
        to[count++] = '1';
        *dropped -= 1;
    }
    return count;
}

static __attribute__((noinline)) double value_of_long(const weft__decimal *number)
{
    char text[DECISIVE_DIGITS + 32] = {'0'};
    int64_t dropped;
    size_t count = take_digits(number, text, &dropped);
    int64_t exponent = number->exponent - (int64_t)number->fraction + dropped;
    if (count != 0)
        (void)snprintf(text + count, sizeof text - count, "e%lld", (long long)exponent);
    double value = parse(text);
    return number->negative ? -value : value;
}

const double weft__powers_of_ten[23] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                        1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
                                        1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};

double weft__decimal_value(const weft__decimal *number)
{
    int64_t exponent = number->exponent - (int64_t)number->fraction;
    if (!number->exact || number->digits > UINT64_C(1) << 53 || exponent < -22 || exponent > 22)
        return value_of_long(number);
    double digits = (double)number->digits;
    double value = exponent < 0 ? digits / weft__powers_of_ten[-exponent]
                                : digits * weft__powers_of_ten[exponent];
    return number->negative ? -value : value;
}

bool weft__decimal_i64(const weft__decimal *number, int64_t *out)
{
    uint64_t limit = (uint64_t)INT64_MAX + number->negative;
    if (!number->integral || !number->exact || number->digits > limit)
        return false;
    *out = (int64_t)(number->negative ? 0 - number->digits : number->digits);
    return true;
}

bool weft__decimal_u64(const weft__decimal *number, uint64_t *out)
{
    if (!number->integral || !number->exact || (number->negative && number->digits != 0))
        return false;
    *out = number->digits;
    return true;
}
