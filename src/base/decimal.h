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
