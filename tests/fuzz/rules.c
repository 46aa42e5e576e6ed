/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Rules for fields and texts of numbers: no crash, and what can be said another way is said the same.
 */
#include "fuzz.h"
#include <weft/buffer.h>
#include <weft/check.h>

static void pattern(weft_str s)
{
    static weft_pattern_once codes = {.expression = "[A-Z]{2}[0-9]+"};
    static weft_pattern_once choices = {.expression = "(a|ab)(c|bcd)*"};
    size_t digits = 0;
    while (digits + 2 < s.len && s.at[digits + 2] >= '0' && s.at[digits + 2] <= '9')
        digits++;
    bool code = s.len > 2 && digits == s.len - 2 && s.at[0] >= 'A' && s.at[0] <= 'Z' &&
                s.at[1] >= 'A' && s.at[1] <= 'Z';
    CHECK(weft_pattern_once_matches(&codes, s) == code);
    (void)weft_pattern_once_matches(&choices, s);
}

static void email(weft_str s)
{
    if (!weft_is_email(s))
        return;
    weft_str host = s, local = input_until(&host, '@');
    CHECK(s.len <= 254 && local.len != 0 && host.len != 0 &&
          memchr(host.at, '@', host.len) == NULL);
    for (size_t i = 0; i < s.len; i++)
        CHECK(s.at[i] > ' ' && s.at[i] < 0x7f);
}

/* An integer is written in one way only, but for "-0". */
static void number(weft_str s)
{
    int64_t integer;
    uint64_t natural;
    double real;
    char text[20];
    bool minus_zero = weft_str_equal(s, WEFT_STR("-0"));
    if (weft_text_to_i64(s, INT64_MIN, INT64_MAX, &integer) && !minus_zero)
        CHECK(weft_str_equal(s, (weft_str){text, weft_i64_to_text(integer, text)}));
    if (weft_text_to_u64(s, UINT64_MAX, &natural) && !minus_zero)
        CHECK(weft_str_equal(s, (weft_str){text, weft_u64_to_text(natural, text)}));
    if (weft_text_to_double(s, &real))
        CHECK(real - real == 0);
}

static void quote(weft_str s, weft_arena *arena)
{
    weft_buffer quoted;
    weft_buffer_init(&quoted, arena);
    weft_buffer_append_quoted(&quoted, s);
    weft_str text = weft_buffer_str(&quoted);
    CHECK(text.len >= 2 && text.at[0] == '"' && text.at[text.len - 1] == '"');
    CHECK(weft_utf8_valid(text));
    for (size_t i = 0; i < text.len; i++)
        CHECK((uint8_t)text.at[i] >= ' ');
    if (weft_utf8_valid(s))
        CHECK(weft_utf8_length(s) <= s.len && weft_length_within(s, 0, s.len));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    weft_str s = input_of(data, size);
    weft_arena arena;
    weft_arena_init(&arena, 0);
    pattern(s);
    email(s);
    number(s);
    quote(s, &arena);
    weft_arena_reset(&arena);
    return 0;
}
