/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * json/scalar.c: numbers, booleans and null. Numbers have a fast path, for short ones of the wanted
 * kind without white space before them, and a plain one, for all others and for what is wrong with
 * them, which takes white space and tries again.
 */
#include "base/decimal.h"
#include "json/reader.h"
#include <inttypes.h>
#include <math.h>

static bool starts_number(char byte)
{
    return (byte >= '0' && byte <= '9') || byte == '-';
}

/* Takes the number that is next; false when there is none, or after a fault. */
static bool take_number(weft_json_reader *reader, weft__decimal *number, const char *wanted)
{
    if (WEFT_UNLIKELY(!starts_number(weft__json_peek(reader)))) {
        weft__json_mismatch(reader, wanted);
        return false;
    }
    const char *fault;
    const char *after = weft__decimal_scan(reader->at, reader->end, number, &fault);
    if (WEFT_UNLIKELY(after == NULL)) {
        weft__json_fault(reader, fault, "expected a digit");
        return false;
    }
    reader->at = after;
    return true;
}

static WEFT_COLD bool not_integral(weft_json_reader *reader)
{
    weft_violations_add(reader->violations, "body", weft_json_pointer(reader), "type",
                        "must be an integer, without fraction or exponent");
    return false;
}

/* A violation of the range of the C type, which holds whatever rules there are. */
static WEFT_COLD bool out_of_range(weft_json_reader *reader, const weft__decimal *number,
                                   int64_t min, uint64_t max)
{
    int len = number->end - number->at > 40 ? 40 : (int)(number->end - number->at);
    weft_violations_add(reader->violations, "body", weft_json_pointer(reader), "range",
                        "must be from %" PRId64 " to %" PRIu64 ", not %.*s%s", min, max, len,
                        number->at, number->end - number->at > len ? "..." : "");
    return false;
}

static __attribute__((noinline)) bool read_any_i64(weft_json_reader *reader, int64_t min,
                                                   int64_t max, int64_t *out)
{
    if (weft__json_take_space(reader))
        return weft__json_read_i64(reader, min, max, out);
    weft__decimal number;
    if (!take_number(reader, &number, "an integer"))
        return false;
    if (!number.integral)
        return not_integral(reader);
    int64_t value;
    if (!weft__decimal_i64(&number, &value) || value < min || value > max)
        return out_of_range(reader, &number, min, (uint64_t)max);
    *out = value;
    return true;
}

static __attribute__((noinline)) bool read_any_u64(weft_json_reader *reader, uint64_t max,
                                                   uint64_t *out)
{
    if (weft__json_take_space(reader))
        return weft__json_read_u64(reader, max, out);
    weft__decimal number;
    if (!take_number(reader, &number, "an integer"))
        return false;
    if (!number.integral)
        return not_integral(reader);
    uint64_t value;
    if (!weft__decimal_u64(&number, &value) || value > max)
        return out_of_range(reader, &number, 0, max);
    *out = value;
    return true;
}

/* Where the number that is next ends, when it is a short one; NULL says nothing. */
static inline const char *find_short(const weft_json_reader *reader, weft__short_decimal *number)
{
    return weft__decimal_short(reader->at, reader->end, number);
}

bool weft__json_read_i64(weft_json_reader *reader, int64_t min, int64_t max, int64_t *out)
{
    weft__short_decimal number;
    const char *after = find_short(reader, &number);
    int64_t value = weft__decimal_short_i64(&number);
    if (WEFT_UNLIKELY(after == NULL || number.fraction != 0 || value < min || value > max))
        return read_any_i64(reader, min, max, out);
    reader->at = after;
    *out = value;
    return true;
}

bool weft__json_read_u64(weft_json_reader *reader, uint64_t max, uint64_t *out)
{
    weft__short_decimal number;
    const char *after = find_short(reader, &number);
    if (WEFT_UNLIKELY(after == NULL || number.fraction != 0 || number.negative ||
                      number.digits > max))
        return read_any_u64(reader, max, out);
    reader->at = after;
    *out = number.digits;
    return true;
}

/* The value as far as the type can hold it: `infinite` says whether it cannot. */
static bool finite_or_violation(weft_json_reader *reader, bool infinite, const char *type)
{
    if (infinite)
        weft_violations_add(reader->violations, "body", weft_json_pointer(reader), "range",
                            "must be a number that a %s can hold", type);
    return !infinite;
}

static __attribute__((noinline)) bool read_any_double(weft_json_reader *reader, double *out)
{
    if (weft__json_take_space(reader))
        return weft_json_read_double(reader, out);
    weft__decimal number;
    if (!take_number(reader, &number, "a number"))
        return false;
    double value = weft__decimal_value(&number);
    if (!finite_or_violation(reader, isinf(value), "double"))
        return false;
    *out = value;
    return true;
}

bool weft_json_read_double(weft_json_reader *reader, double *out)
{
    weft__short_decimal number;
    const char *after = find_short(reader, &number);
    if (WEFT_UNLIKELY(after == NULL || !weft__decimal_short_value(&number, out)))
        return read_any_double(reader, out);
    reader->at = after;
    return true;
}

bool weft_json_read_float(weft_json_reader *reader, float *out)
{
    weft__decimal number;
    if (!take_number(reader, &number, "a number"))
        return false;
    float value = (float)weft__decimal_value(&number);
    if (!finite_or_violation(reader, isinf(value), "float"))
        return false;
    *out = value;
    return true;
}

bool weft_json_read_bool(weft_json_reader *reader, bool *out)
{
    char first = weft__json_peek(reader);
    if (first != 't' && first != 'f') {
        weft__json_mismatch(reader, "true or false");
        return false;
    }
    bool value = first == 't';
    if (!(value ? weft__json_take_word(reader, "true", 4)
                : weft__json_take_word(reader, "false", 5)))
        return false;
    *out = value;
    return true;
}

bool weft_json_take_null(weft_json_reader *reader)
{
    return weft__json_peek(reader) == 'n' && weft__json_take_word(reader, "null", 4);
}
