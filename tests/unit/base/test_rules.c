/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Field rules: e-mail addresses and patterns.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <weft/check.h>

static void emails(void **unused)
{
    (void)unused;
    static const char *const good[] = {"a@b",      "ann@example.org",       "a.b+c@x-y.example",
                                       ".a..b.@x", "!#$%&'*+/=?^_`{|}~-@x", "1@2.3"};
    for (size_t i = 0; i < sizeof good / sizeof *good; i++)
        assert_true(weft_is_email(weft_str_from(good[i])));
    static const char *const bad[] = {"",
                                      "@",
                                      "a",
                                      "a@",
                                      "@b",
                                      "a b@c",
                                      "a@b c",
                                      "a@b.",
                                      "a@.b",
                                      "a@-b",
                                      "a@b-",
                                      "a@b..c",
                                      "a@@b",
                                      "a@b@c",
                                      "gr\xc3\xbc@x",
                                      "a@gr\xc3\xbc",
                                      "a\"b@c",
                                      "a(b)@c",
                                      "a,b@c",
                                      "a@b_c",
                                      "a@[127.0.0.1]",
                                      "a@b\n"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_false(weft_is_email(weft_str_from(bad[i])));
    assert_false(weft_is_email(WEFT_STR("a\0@b")));
}

static void email_lengths(void **unused)
{
    (void)unused;
    char text[300];
    memset(text, 'a', sizeof text);
    text[1] = '@';
    assert_true(weft_is_email((weft_str){text, 2 + 63}));
    assert_false(weft_is_email((weft_str){text, 2 + 64}));
    text[1] = 'a';
    text[252] = '@';
    assert_true(weft_is_email((weft_str){text, 254}));
    assert_false(weft_is_email((weft_str){text, 255}));
}

static void patterns(void **unused)
{
    (void)unused;
    static weft_pattern *pattern; /* lives until exit */
    pattern = weft_pattern_compile("[a-z]{2,3}|x");
    assert_non_null(pattern);
    assert_true(weft_pattern_matches(pattern, WEFT_STR("ab")));
    assert_true(weft_pattern_matches(pattern, WEFT_STR("abc")));
    assert_true(weft_pattern_matches(pattern, WEFT_STR("x")));
    assert_false(weft_pattern_matches(pattern, WEFT_STR("a")));
    assert_false(weft_pattern_matches(pattern, WEFT_STR("abcd")));
    assert_false(weft_pattern_matches(pattern, WEFT_STR("ab1")));
    assert_false(weft_pattern_matches(pattern, WEFT_STR("1ab")));
    assert_false(weft_pattern_matches(pattern, WEFT_STR("ab\0")));
    assert_false(weft_pattern_matches(pattern, (weft_str){NULL, 0}));
    static const char text[] = "abcdef";
    assert_true(weft_pattern_matches(pattern, (weft_str){text, 2})); /* no terminator needed */

    assert_null(weft_pattern_compile("["));
    assert_null(weft_pattern_compile("a{2,1}"));
    assert_false(weft_pattern_matches(NULL, WEFT_STR("x")));
}

static void a_pattern_may_match_nothing(void **unused)
{
    (void)unused;
    static weft_pattern *pattern; /* lives until exit */
    pattern = weft_pattern_compile("a*");
    assert_true(weft_pattern_matches(pattern, (weft_str){NULL, 0}));
    assert_true(weft_pattern_matches(pattern, WEFT_STR("aaa")));
    assert_false(weft_pattern_matches(pattern, WEFT_STR("baaa")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(emails),
        cmocka_unit_test(email_lengths),
        cmocka_unit_test(patterns),
        cmocka_unit_test(a_pattern_may_match_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
