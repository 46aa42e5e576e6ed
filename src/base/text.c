/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * base/text.c: parameters from text, with the violation when they are not what they must be.
 */
#include "base/decimal.h"
#include <inttypes.h>
#include <math.h>
#include <weft/check.h>

static bool is_integer(weft_str text)
{
    weft__decimal number;
    const char *fault;
    if (text.len == 0)
        return false;
    const char *end = text.at + text.len;
    return weft__decimal_scan(text.at, end, &number, &fault) == end && number.integral &&
           !weft_str_equal(text, WEFT_STR("-0"));
}

/* Digits and nothing else, which most parameters are: without a call. False says nothing. */
static inline bool only_digits(weft_str text, int64_t *value)
{
    uint64_t digits = 0;
    const char *end = text.at + text.len;
    if (text.len - 1 >= WEFT__SHORT_DIGITS || text.at[0] == '0' ||
        weft__take_digits(text.at, end, &digits) != end)
        return false;
    *value = (int64_t)digits;
    return true;
}

static __attribute__((noinline)) bool read_any_i64(weft_str text, weft_violations *list,
                                                   const char *in, weft_str pointer, int64_t min,
                                                   int64_t max, int64_t *out)
{
    if (weft_text_to_i64(text, min, max, out))
        return true;
    if (is_integer(text))
        weft_violations_add(list, in, pointer, "range", "must be from %" PRId64 " to %" PRId64, min,
                            max);
    else
        weft_violations_add(list, in, pointer, "type", "must be an integer");
    return false;
}

bool weft__read_text_i64(weft_str text, weft_violations *list, const char *in, weft_str pointer,
                         int64_t min, int64_t max, int64_t *out)
{
    int64_t value;
    if (WEFT_UNLIKELY(!only_digits(text, &value) || value < min || value > max))
        return read_any_i64(text, list, in, pointer, min, max, out);
    *out = value;
    return true;
}

bool weft__read_text_u64(weft_str text, weft_violations *list, const char *in, weft_str pointer,
                         uint64_t max, uint64_t *out)
{
    if (weft_text_to_u64(text, max, out))
        return true;
    if (is_integer(text))
        weft_violations_add(list, in, pointer, "range", "must be from 0 to %" PRIu64, max);
    else
        weft_violations_add(list, in, pointer, "type", "must be an integer");
    return false;
}

bool weft_read_text_double(weft_str text, weft_violations *list, const char *in, weft_str pointer,
                           double *out)
{
    bool good = weft_text_to_double(text, out);
    if (!good)
        weft_violations_add(list, in, pointer, "type", "must be a number");
    return good;
}

bool weft_read_text_float(weft_str text, weft_violations *list, const char *in, weft_str pointer,
                          float *out)
{
    double value;
    if (!weft_read_text_double(text, list, in, pointer, &value))
        return false;
    if (isinf((float)value)) {
        weft_violations_add(list, in, pointer, "range", "must be a number that a float can hold");
        return false;
    }
    *out = (float)value;
    return true;
}

bool weft_read_text_bool(weft_str text, weft_violations *list, const char *in, weft_str pointer,
                         bool *out)
{
    bool good = weft_text_to_bool(text, out);
    if (!good)
        weft_violations_add(list, in, pointer, "type", "must be true or false");
    return good;
}

#define READ_TEXT_VALUE(name, type, form)                                            \
    bool weft_read_text_##name(weft_str text, weft_violations *list, const char *in, \
                               weft_str pointer, type *out)                          \
    {                                                                                \
        bool good = weft_##name##_from_text(text, out);                              \
        if (!good)                                                                   \
            weft_violations_add_form(list, in, pointer, form);                       \
        return good;                                                                 \
    }
WEFT_TEXT_VALUES(READ_TEXT_VALUE)

bool weft_read_text_bytes(weft_str text, weft_violations *list, const char *in, weft_str pointer,
                          weft_bytes *out)
{
    bool good = weft_base64_decode(text, WEFT_BASE64, list->arena, out) == WEFT_OK;
    if (!good)
        weft_violations_add_form(list, in, pointer, WEFT_FORM_BASE64);
    return good;
}

bool weft_read_text_bytes_url(weft_str text, weft_violations *list, const char *in,
                              weft_str pointer, weft_bytes *out)
{
    bool good = weft_base64_decode(text, WEFT_BASE64URL, list->arena, out) == WEFT_OK;
    if (!good)
        weft_violations_add_form(list, in, pointer, WEFT_FORM_BASE64URL);
    return good;
}
