/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * base/violation.c: the list of what is wrong with an input.
 */
#include "base/format.h"
#include <inttypes.h>
#include <weft/check.h>

#define FIRST_CAPACITY 8

/* Room for one more. The capacity is not stored: it is the power of two from FIRST_CAPACITY on that
 * holds `len`. */
static bool make_room(weft_violations *list)
{
    bool full = list->len == 0 ||
                (list->len >= FIRST_CAPACITY && (list->len & (list->len - 1)) == 0);
    if (!full)
        return true;
    size_t capacity = list->len == 0 ? FIRST_CAPACITY : list->len * 2;
    weft_violation *at = WEFT_NEW_ARRAY(list->arena, weft_violation, capacity);
    if (at == NULL)
        return false;
    if (list->len != 0)
        memcpy(at, list->at, list->len * sizeof *at);
    list->at = at;
    return true;
}

void weft_violations_add(weft_violations *list, const char *in, weft_str pointer, const char *code,
                         const char *detail, ...)
{
    list->total++;
    if (weft_violations_full(list) || !make_room(list))
        return;
    va_list arguments;
    va_start(arguments, detail);
    weft_str text = weft__arena_vprintf(list->arena, detail, arguments);
    va_end(arguments);
    if (text.at != NULL)
        list->at[list->len++] = (weft_violation){in, pointer, code, text};
}

/* ---- the rules' texts ------------------------------------------------------------------------ */

void weft_violations_add_length(weft_violations *list, const char *in, weft_str pointer,
                                weft_unit unit, size_t len, size_t min, size_t max)
{
    static const char *const nouns[][2] = {
        [WEFT_CHARACTERS] = {"characters long", "character long"},
        [WEFT_ITEMS] = {"items", "item"},
        [WEFT_OCTETS] = {"bytes long", "byte long"}};
    const char *verb = unit == WEFT_ITEMS ? "have" : "be";
    size_t last = max == SIZE_MAX ? min : max; /* the number that the noun follows */
    const char *noun = nouns[unit][last == 1];
    if (min == max)
        weft_violations_add(list, in, pointer, "length", "must %s %zu %s, not %zu", verb, min, noun,
                            len);
    else if (max == SIZE_MAX)
        weft_violations_add(list, in, pointer, "length", "must %s at least %zu %s, not %zu", verb,
                            min, noun, len);
    else if (min == 0)
        weft_violations_add(list, in, pointer, "length", "must %s at most %zu %s, not %zu", verb,
                            max, noun, len);
    else
        weft_violations_add(list, in, pointer, "length", "must %s %zu to %zu %s, not %zu", verb,
                            min, max, noun, len);
}

void weft_violations_add_range_i64(weft_violations *list, const char *in, weft_str pointer,
                                   int64_t value, int64_t min, int64_t max)
{
    weft_violations_add(list, in, pointer, "range",
                        "must be from %" PRId64 " to %" PRId64 ", not %" PRId64, min, max, value);
}

void weft_violations_add_range_u64(weft_violations *list, const char *in, weft_str pointer,
                                   uint64_t value, uint64_t min, uint64_t max)
{
    weft_violations_add(list, in, pointer, "range",
                        "must be from %" PRIu64 " to %" PRIu64 ", not %" PRIu64, min, max, value);
}

void weft_violations_add_range_double(weft_violations *list, const char *in, weft_str pointer,
                                      double value, double min, double max)
{
    weft_violations_add(list, in, pointer, "range", "must be from %g to %g, not %g", min, max,
                        value);
}

void weft_violations_add_range_decimal(weft_violations *list, const char *in, weft_str pointer,
                                       weft_decimal value, weft_str min, weft_str max)
{
    weft_violations_add(list, in, pointer, "range", "must be from %.*s to %.*s, not %.*s",
                        WEFT_STR_ARGS(min), WEFT_STR_ARGS(max), WEFT_STR_ARGS(value.text));
}

void weft_violations_add_form(weft_violations *list, const char *in, weft_str pointer,
                              weft_form form)
{
    static const struct {
        const char *code, *detail;
    } texts[] = {
        [WEFT_FORM_TIMESTAMP] = {"timestamp", "must be a date and time with its offset, such as "
                                              "2026-01-31T12:00:00Z"},
        [WEFT_FORM_DATE] = {"date", "must be a day of the calendar, such as 2026-01-31"},
        [WEFT_FORM_UUID] = {"uuid",
                            "must be a UUID: 32 hexadecimal digits in groups of 8-4-4-4-12"},
        [WEFT_FORM_DECIMAL] = {"decimal",
                               "must be a decimal number without exponent, such as -12.50"},
        [WEFT_FORM_BASE64] = {"base64", "must be base64 with padding (RFC 4648 section 4)"},
        [WEFT_FORM_BASE64URL] = {"base64",
                                 "must be base64url without padding (RFC 4648 section 5)"},
    };
    weft_violations_add(list, in, pointer, texts[form].code, "%s", texts[form].detail);
}

void weft_violations_add_email(weft_violations *list, const char *in, weft_str pointer)
{
    weft_violations_add(list, in, pointer, "email", "must be an e-mail address");
}

void weft_violations_add_pattern(weft_violations *list, const char *in, weft_str pointer,
                                 const char *expression)
{
    weft_violations_add(list, in, pointer, "pattern", "must match the pattern %s", expression);
}
