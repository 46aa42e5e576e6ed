/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * base/exact.c: weft_decimal, numbers that are their digits.
 */
#include <weft/value.h>

static size_t count_digits(weft_str s)
{
    size_t count = 0;
    while (count < s.len && s.at[count] >= '0' && s.at[count] <= '9')
        count++;
    return count;
}

/* A text in its parts. */
typedef struct parts {
    bool negative;
    weft_str whole, fraction;
} parts;

static const parts zero = {.whole = {"0", 1}};

static bool split(weft_str text, parts *out)
{
    out->negative = weft_str_starts_with(text, WEFT_STR("-"));
    text = weft_str_skip(text, out->negative);
    out->whole = (weft_str){text.at, count_digits(text)};
    text = weft_str_skip(text, out->whole.len);
    out->fraction = (weft_str){NULL, 0};
    if (out->whole.len == 0 || (out->whole.len > 1 && out->whole.at[0] == '0'))
        return false;
    if (text.len == 0)
        return true;
    out->fraction = weft_str_skip(text, 1);
    return text.at[0] == '.' && out->fraction.len != 0 &&
           count_digits(out->fraction) == out->fraction.len;
}

bool weft_decimal_from_text(weft_str text, weft_decimal *out)
{
    parts unused;
    if (text.len > WEFT_DECIMAL_MAX || !split(text, &unused))
        return false;
    out->text = text;
    return true;
}

static char digit_at(weft_str digits, size_t i)
{
    return i < digits.len ? digits.at[i] : '0';
}

static int compare_magnitudes(const parts *a, const parts *b)
{
    if (a->whole.len != b->whole.len)
        return a->whole.len < b->whole.len ? -1 : 1;
    int order = memcmp(a->whole.at, b->whole.at, a->whole.len);
    for (size_t i = 0; order == 0 && (i < a->fraction.len || i < b->fraction.len); i++)
        order = digit_at(a->fraction, i) - digit_at(b->fraction, i);
    return order;
}

static bool is_zero(const parts *number)
{
    return compare_magnitudes(number, &zero) == 0;
}

int weft_decimal_compare(weft_decimal a, weft_decimal b)
{
    parts left, right;
    if (!split(a.text, &left))
        left = zero;
    if (!split(b.text, &right))
        right = zero;
    left.negative = left.negative && !is_zero(&left);
    right.negative = right.negative && !is_zero(&right);
    if (left.negative != right.negative)
        return left.negative ? -1 : 1;
    return left.negative ? compare_magnitudes(&right, &left) : compare_magnitudes(&left, &right);
}
