/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * tests/unit/http/test_url.c: percent-decoding and query parameters.
 */
#include "http/url.h"
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define BYTES(literal)                  \
    {                                   \
        "" literal, sizeof(literal) - 1 \
    }

static weft_arena arena;

static int tear_down(void **state)
{
    (void)state;
    weft_arena_reset(&arena);
    return 0;
}

static void run_decode(void **state)
{
    (void)state;
    static const struct {
        weft_str raw;
        bool plus;
        weft_str text;
    } cases[] = {
        {BYTES(""), false, BYTES("")},
        {BYTES("abc"), true, BYTES("abc")},
        {BYTES("%41%4a%4A"), false, BYTES("AJJ")},
        {BYTES("a%2Fb"), false, BYTES("a/b")},
        {BYTES("a+b"), false, BYTES("a+b")},
        {BYTES("a+b%2B"), true, BYTES("a b+")},
        {BYTES("%25%34%31"), true, BYTES("%41")},
        {BYTES("%C3%A9"), true, BYTES("\xc3\xa9")},
        {BYTES("\xc3\xa9"), true, BYTES("\xc3\xa9")},
        {BYTES("12345678901234567890123456789012"), true,
         BYTES("12345678901234567890123456789012")},
        {BYTES("1234567890123456789012345678901+2"), true,
         BYTES("1234567890123456789012345678901 2")},
        {BYTES("123456789012345678901234567890%412"), false,
         BYTES("123456789012345678901234567890A2")},
    };
    weft_arena_init(&arena, 0);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        weft_str out;
        assert_true(weft__url_decode(cases[i].raw, cases[i].plus, &arena, &out));
        assert_non_null(out.at);
        assert_int_equal(out.len, cases[i].text.len);
        assert_memory_equal(out.at, cases[i].text.at, out.len);
    }
    weft_str raw = WEFT_STR("nothing-to-do"), out;
    assert_true(weft__url_decode(raw, true, &arena, &out));
    assert_ptr_equal(out.at, raw.at);
    assert_true(weft__url_decode((weft_str){NULL, 0}, true, &arena, &out));
    assert_non_null(out.at);
}

/* One byte of each value: as it is, as a space, or refused. */
static void run_decode_each_byte(void **state)
{
    (void)state;
    weft_arena_init(&arena, 0);
    for (int i = 0; i < 2 * 256; i++) {
        const char byte = (char)i;
        bool plus = i >= 256, good = byte > 0 && byte != '%';
        weft_str raw = {&byte, 1}, out;
        assert_int_equal(weft__url_decode(raw, plus, &arena, &out), good);
        if (!good)
            continue;
        assert_int_equal(out.len, 1);
        assert_int_equal(*out.at, plus && byte == '+' ? ' ' : byte);
        assert_true(byte == '+' || out.at == raw.at);
    }
}

static void run_decode_refused(void **state)
{
    (void)state;
    static const weft_str cases[] = {
        BYTES("%"),   BYTES("a%4"),  BYTES("%zz"),  BYTES("%4g"),    BYTES("%%41"),
        BYTES("%+1"), BYTES("%ff"),  BYTES("%C3"),  BYTES("%c0%af"), BYTES("%ed%a0%80"),
        BYTES("%00"), BYTES("a\0b"), BYTES("\xff"), BYTES("%C3a"),
    };
    weft_arena_init(&arena, 0);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        weft_str out;
        if (weft__url_decode(cases[i], true, &arena, &out))
            fail_msg("decoded: %.*s", WEFT_STR_ARGS(cases[i]));
    }
    weft_arena none;
    weft_arena_init(&none, 1);
    weft_str out;
    assert_false(weft__url_decode(WEFT_STR("%41"), true, &none, &out));
    weft_arena_reset(&none);
}

static void assert_found(const char *query, const char *name, size_t count, const char *value)
{
    weft_str found = {NULL, 0};
    assert_int_equal(weft__query_find(weft_str_from(query), weft_str_from(name), &arena, &found),
                     count);
    if (value == NULL)
        assert_null(found.at);
    else
        assert_true(weft_str_equal(found, weft_str_from(value)));
}

static void run_query(void **state)
{
    (void)state;
    weft_arena_init(&arena, 0);
    assert_found("", "a", 0, NULL);
    assert_found("a=1", "a", 1, "1");
    assert_found("a=1&b=2", "b", 1, "2");
    assert_found("a=1&b=2&a=3", "a", 2, "1");
    assert_found("a", "a", 1, NULL);
    assert_found("a=", "a", 1, "");
    assert_found("a=b=c", "a", 1, "b=c");
    assert_found("&&a=1&", "a", 1, "1");
    assert_found("%61=1&a+b=2", "a", 1, "1");
    assert_found("%61=1&a+b=%20", "a b", 1, "%20");
    assert_found("ab=1&A=2", "a", 0, NULL);
    assert_found("%zz=1&%ff=2&a=3", "a", 1, "3");
    assert_found("=1", "", 1, "1");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(run_decode, tear_down),
        cmocka_unit_test_teardown(run_decode_each_byte, tear_down),
        cmocka_unit_test_teardown(run_decode_refused, tear_down),
        cmocka_unit_test_teardown(run_query, tear_down),
    };
    return cmocka_run_group_tests_name("http url", tests, NULL, NULL);
}
