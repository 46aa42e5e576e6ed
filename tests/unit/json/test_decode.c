/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Decoding into structs: values, violations with their pointers, strings, memory.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "sample.h"
#include <stdio.h>
#include <stdlib.h>

static weft_arena arena;
static weft_violations violations;
static weft_json_fault fault;

static weft_json_verdict decode(weft_str text, sample *out)
{
    weft_arena_reset(&arena);
    violations = (weft_violations){.arena = &arena};
    return weft_json_decode(text, &arena, sample__decode_json, out, &violations, &fault);
}

static void assert_str(weft_str s, const char *expected)
{
    if (!weft_str_equal(s, weft_str_from(expected)))
        fail_msg("\"%.*s\" is not \"%s\"", WEFT_STR_ARGS(s), expected);
}

static void assert_violation(size_t index, const char *pointer, const char *code,
                             const char *detail)
{
    assert_true(index < violations.len);
    const weft_violation *violation = &violations.at[index];
    assert_string_equal(violation->in, "body");
    assert_str(violation->pointer, pointer);
    assert_string_equal(violation->code, code);
    assert_str(violation->detail, detail);
}

static void a_whole_sample(void **unused)
{
    (void)unused;
    sample out;
    weft_str text = WEFT_STR(
        " {\"id\": -5, \"name\":\"Ann\",\"active\" "
        ":true,\n\"score\":1.5,\"big\":18446744073709551615,"
        "\"a/b~c\":[{\"label\":\"x\",\"weight\":1},\r\n\t{\"weight\":2e0,\"label\":\"y\"} ] "
        ",\"ratio\":0.1} ");
    assert_int_equal(decode(text, &out), WEFT_JSON_OK);
    assert_int_equal(out.id, -5);
    assert_str(out.name, "Ann");
    assert_true(out.active);
    assert_true(out.score.present && out.score.value__ == 1.5);
    assert_true(out.big == UINT64_MAX);
    assert_true(out.ratio == 0.1f);
    assert_int_equal(out.items.len, 2);
    assert_str(out.items.at[1].label, "y");
    assert_true(out.items.at[1].weight == 2);
    assert_true(out.name.at > text.at && out.name.at < text.at + text.len); /* a view */
}

static void unknown_members_are_skipped(void **unused)
{
    (void)unused;
    sample out;
    assert_int_equal(
        decode(WEFT_STR("{\"x\":[{\"y\":[1,null,\"\\u0041\",[],{}]},{}],\"id\":1,\"z\":{},"
                        "\"name\":\"\",\"x\":1,\"active\":false}"),
               &out),
        WEFT_JSON_OK);
    assert_int_equal(out.id, 1);
    assert_int_equal(violations.total, 0);
}

static void keys_may_be_escaped(void **unused)
{
    (void)unused;
    sample out;
    assert_int_equal(
        decode(WEFT_STR("{\"\\u0069d\":1,\"n\\u0061me\" : \"x\",\"active\":true}"), &out),
        WEFT_JSON_OK);
    assert_int_equal(out.id, 1);
    assert_str(out.name, "x");
}

static void all_violations_at_once(void **unused)
{
    (void)unused;
    sample out;
    assert_int_equal(
        decode(
            WEFT_STR(
                "{\"name\":1,\"score\":\"x\",\"a/b~c\":[{\"label\":null,\"weight\":1},"
                "{\"label\":\"l\",\"weight\":{}},7,{\"weight\":true}],\"big\":-1,\"ratio\":1e39}"),
            &out),
        WEFT_JSON_SHAPE);
    assert_int_equal(violations.total, 11);
    assert_violation(0, "/name", "type", "must be a string, not a number");
    assert_violation(1, "/score", "type", "must be a number, not a string");
    assert_violation(2, "/a~1b~0c/0/label", "type", "must be a string, not null");
    assert_violation(3, "/a~1b~0c/1/weight", "type", "must be a number, not an object");
    assert_violation(4, "/a~1b~0c/2", "type", "must be an object, not a number");
    assert_violation(5, "/a~1b~0c/3/weight", "type", "must be a number, not a boolean");
    assert_violation(6, "/a~1b~0c/3/label", "required", "is required");
    assert_violation(7, "/big", "range", "must be from 0 to 18446744073709551615, not -1");
    assert_violation(8, "/ratio", "range", "must be a number that a float can hold");
    assert_violation(9, "/id", "required", "is required");
    assert_violation(10, "/active", "required", "is required");
}

static void the_outermost_value_has_the_empty_pointer(void **unused)
{
    (void)unused;
    sample out;
    assert_int_equal(decode(WEFT_STR("[1,2]"), &out), WEFT_JSON_SHAPE);
    assert_int_equal(violations.total, 1);
    assert_violation(0, "", "type", "must be an object, not an array");
}

static void members_given_twice(void **unused)
{
    (void)unused;
    sample out;
    assert_int_equal(decode(WEFT_STR("{\"id\":1,\"name\":\"a\",\"id\":2,\"active\":true}"), &out),
                     WEFT_JSON_SHAPE);
    assert_int_equal(violations.total, 1);
    assert_violation(0, "/id", "duplicate", "must be given only once");
    assert_int_equal(out.id, 1);
}

static void integers_have_the_range_of_their_type(void **unused)
{
    (void)unused;
    static const struct {
        const char *text, *code;
    } cases[] = {{"2147483647", NULL},
                 {"-2147483648", NULL},
                 {"2147483648", "range"},
                 {"-2147483649", "range"},
                 {"1.0", "type"},
                 {"1e2", "type"},
                 {"-0", NULL},
                 {"99999999999999999999999999999999999999999999999999", "range"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char text[128];
        int len = snprintf(text, sizeof text, "{\"id\":%s,\"name\":\"\",\"active\":true}",
                           cases[i].text);
        sample out;
        weft_json_verdict verdict = decode((weft_str){text, (size_t)len}, &out);
        assert_int_equal(verdict, cases[i].code == NULL ? WEFT_JSON_OK : WEFT_JSON_SHAPE);
        if (cases[i].code != NULL) {
            assert_int_equal(violations.total, 1);
            assert_string_equal(violations.at[0].code, cases[i].code);
        }
    }
    assert_violation(
        0, "/id", "range",
        "must be from -2147483648 to 2147483647, not 9999999999999999999999999999999999999999...");
}

static void null_is_absent_for_an_optional_only(void **unused)
{
    (void)unused;
    sample out;
    assert_int_equal(
        decode(WEFT_STR("{\"id\":1,\"name\":\"\",\"active\":true,\"score\":null}"), &out),
        WEFT_JSON_OK);
    assert_false(out.score.present);
    assert_int_equal(decode(WEFT_STR("{\"id\":null,\"name\":\"\",\"active\":true}"), &out),
                     WEFT_JSON_SHAPE);
    assert_violation(0, "/id", "type", "must be an integer, not null");
}

static void strings(void **unused)
{
    (void)unused;
    static const struct {
        const char *text, *value;
    } cases[] = {{"", ""},
                 {"a\\\"b\\\\c\\/d", "a\"b\\c/d"},
                 {"\\b\\f\\n\\r\\t", "\b\f\n\r\t"},
                 {"\\u0041\\u00e9\\u20AC\\ud83d\\uDE00", "A\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80"},
                 {"\\uffff\\u0080\\u07ff\\u0800", "\xef\xbf\xbf\xc2\x80\xdf\xbf\xe0\xa0\x80"},
                 {"gr\xc3\xbc\xc3\x9f", "gr\xc3\xbc\xc3\x9f"},
                 {"0123456789abcdef0123456789abcdef\\n!", "0123456789abcdef0123456789abcdef\n!"},
                 {"\x7f", "\x7f"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char text[128];
        int len = snprintf(text, sizeof text, "{\"id\":1,\"active\":true,\"name\":\"%s\"}",
                           cases[i].text);
        sample out;
        assert_int_equal(decode((weft_str){text, (size_t)len}, &out), WEFT_JSON_OK);
        assert_str(out.name, cases[i].value);
    }
    sample out;
    assert_int_equal(decode(WEFT_STR("{\"id\":1,\"active\":true,\"name\":\"a\\u0000b\"}"), &out),
                     WEFT_JSON_OK);
    assert_true(weft_str_equal(out.name, WEFT_STR("a\0b")));
}

static void many_items(void **unused)
{
    (void)unused;
    weft_buffer text;
    weft_arena memory;
    weft_arena_init(&memory, 0);
    weft_buffer_init(&text, &memory);
    weft_buffer_append_str(&text, WEFT_STR("{\"id\":1,\"name\":\"\",\"active\":true,\"a/b~c\":["));
    for (int i = 0; i < 1000; i++)
        weft_buffer_printf(&text, "%s{\"label\":\"%d\",\"weight\":%d}", i ? "," : "", i, i);
    weft_buffer_append_str(&text, WEFT_STR("]}"));
    sample out;
    assert_int_equal(decode(weft_buffer_str(&text), &out), WEFT_JSON_OK);
    assert_int_equal(out.items.len, 1000);
    for (int i = 0; i < 1000; i++)
        assert_true(out.items.at[i].weight == i);

    weft_arena small; /* the same with too little memory */
    weft_arena_init(&small, 2 * WEFT_ARENA_CHUNK_SIZE);
    violations = (weft_violations){.arena = &small};
    assert_int_equal(weft_json_decode(weft_buffer_str(&text), &small, sample__decode_json, &out,
                                      &violations, &fault),
                     WEFT_JSON_NO_MEMORY);
    weft_arena_reset(&small);
    weft_arena_reset(&memory);
}

static void a_flood_of_violations_costs_little(void **unused)
{
    (void)unused;
    static char text[200100];
    size_t len = (size_t)snprintf(text, sizeof text,
                                  "{\"id\":1,\"name\":\"\",\"active\":true,\"a/b~c\":[1");
    for (int i = 1; i < 50000; i++, len += 2)
        memcpy(text + len, ",1", 2);
    memcpy(text + len, "]}", 2);
    sample out;
    assert_int_equal(decode((weft_str){text, len + 2}, &out), WEFT_JSON_SHAPE);
    assert_int_equal(violations.total, 50000);
    assert_int_equal(violations.len, WEFT_VIOLATIONS_MAX);
    assert_violation(WEFT_VIOLATIONS_MAX - 1, "/a~1b~0c/63", "type",
                     "must be an object, not a number");
    assert_true(arena.reserved < 8u << 20);
}

/* A text cut at any place is a syntax fault, and nothing beyond its end is read. */
static void every_cut(void **unused)
{
    (void)unused;
    static const char text[] =
        "{\"id\":-5,\"name\":\"A\\u00e9\xc3\xbc\\n\",\"active\":false,\"score\":1.5e+3,"
        "\"a/b~c\":[{\"label\":\"\\ud83d\\ude00\",\"weight\":0.5},{}],\"x\":[null,{\"y\":true}]}";
    for (size_t len = 0; len < sizeof text - 1; len++) {
        char *cut = malloc(len + (len == 0));
        assert_non_null(cut);
        memcpy(cut, text, len);
        sample out;
        assert_int_equal(decode((weft_str){cut, len}, &out), WEFT_JSON_SYNTAX);
        assert_true(fault.offset <= len);
        assert_int_equal(weft_json_check((weft_str){cut, len}, &fault), WEFT_JSON_SYNTAX);
        free(cut);
    }
}

int main(void)
{
    weft_arena_init(&arena, 0);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_whole_sample),
        cmocka_unit_test(unknown_members_are_skipped),
        cmocka_unit_test(keys_may_be_escaped),
        cmocka_unit_test(all_violations_at_once),
        cmocka_unit_test(the_outermost_value_has_the_empty_pointer),
        cmocka_unit_test(members_given_twice),
        cmocka_unit_test(integers_have_the_range_of_their_type),
        cmocka_unit_test(null_is_absent_for_an_optional_only),
        cmocka_unit_test(strings),
        cmocka_unit_test(many_items),
        cmocka_unit_test(a_flood_of_violations_costs_little),
        cmocka_unit_test(every_cut),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    weft_arena_reset(&arena);
    return failed;
}
