/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Percent-decoding and form pairs.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <weft/urlencoded.h>

static weft_arena arena;

static void decoding(void **unused)
{
    (void)unused;
    static const struct {
        const char *in, *with_plus, *without;
    } cases[] = {{"", "", ""},
                 {"abc", "abc", "abc"},
                 {"a+b", "a b", "a+b"},
                 {"%41%62", "Ab", "Ab"},
                 {"%2f%2F", "//", "//"},
                 {"%", "%", "%"},
                 {"%4", "%4", "%4"},
                 {"%g1", "%g1", "%g1"},
                 {"%1g", "%1g", "%1g"},
                 {"%%41", "%A", "%A"},
                 {"%2B", "+", "+"},
                 {"%c3%bc", "\xc3\xbc", "\xc3\xbc"},
                 {"\xc3\xbc", "\xc3\xbc", "\xc3\xbc"},
                 {"%2541", "%41", "%41"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        weft_str out;
        assert_int_equal(weft_percent_decode(weft_str_from(cases[i].in), true, &arena, &out),
                         WEFT_URLENCODED_OK);
        assert_true(weft_str_equal(out, weft_str_from(cases[i].with_plus)));
        assert_int_equal(weft_percent_decode(weft_str_from(cases[i].in), false, &arena, &out),
                         WEFT_URLENCODED_OK);
        assert_true(weft_str_equal(out, weft_str_from(cases[i].without)));
    }
    weft_str out;
    assert_int_equal(weft_percent_decode(WEFT_STR("%00"), false, &arena, &out), WEFT_URLENCODED_OK);
    assert_true(weft_str_equal(out, WEFT_STR("\0")));
}

static void what_is_not_utf8_is_refused(void **unused)
{
    (void)unused;
    static const char *const bad[] = {"%FF",       "%FE",  "%C2",    "%c3%28",
                                      "%ED%A0%80", "\xff", "%C0%80", "%F4%90%80%80"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        weft_str out, name, value, rest = weft_str_from(bad[i]);
        assert_int_equal(weft_percent_decode(rest, false, &arena, &out), WEFT_URLENCODED_INVALID);
        assert_int_equal(weft_urlencoded_next(&rest, &arena, &name, &value),
                         WEFT_URLENCODED_INVALID);
        assert_int_equal(weft_urlencoded_next(&rest, &arena, &name, &value), WEFT_URLENCODED_END);
    }
}

static void pairs(void **unused)
{
    (void)unused;
    static const char *const expected[][2] = {{"a", "1"},   {"b", ""}, {"", "c"},
                                              {"a", "2=3"}, {"", ""},  {"d e", "f g"}};
    weft_str rest = WEFT_STR("&a=1&&b&=c&a=2=3&=&d+e=f%20g&&"), name, value;
    for (size_t i = 0; i < sizeof expected / sizeof *expected; i++) {
        assert_int_equal(weft_urlencoded_next(&rest, &arena, &name, &value), WEFT_URLENCODED_OK);
        assert_true(weft_str_equal(name, weft_str_from(expected[i][0])));
        assert_true(weft_str_equal(value, weft_str_from(expected[i][1])));
    }
    assert_int_equal(weft_urlencoded_next(&rest, &arena, &name, &value), WEFT_URLENCODED_END);
    rest = (weft_str){NULL, 0};
    assert_int_equal(weft_urlencoded_next(&rest, &arena, &name, &value), WEFT_URLENCODED_END);
}

static void memory_runs_out(void **unused)
{
    (void)unused;
    weft_arena none;
    weft_arena_init(&none, 1);
    weft_str rest = WEFT_STR("a=%41"), name, value;
    assert_int_equal(weft_urlencoded_next(&rest, &none, &name, &value), WEFT_URLENCODED_NO_MEMORY);
}

int main(void)
{
    weft_arena_init(&arena, 0);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(decoding),
        cmocka_unit_test(what_is_not_utf8_is_refused),
        cmocka_unit_test(pairs),
        cmocka_unit_test(memory_runs_out),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    weft_arena_reset(&arena);
    return failed;
}
