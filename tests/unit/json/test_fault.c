/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Syntax faults: where, why, and that a decoder and the checker agree.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "sample.h"

static const struct {
    const char *text;
    unsigned line, column;
    const char *reason;
} cases[] = {
    {"", 1, 1, "the text ends too early"},
    {"  \n ", 2, 2, "the text ends too early"},
    {"{", 1, 2, "the text ends too early"},
    {"{\"id\"", 1, 6, "the text ends too early"},
    {"{\"id\":1,", 1, 9, "the text ends too early"},
    {"{\"id\":1", 1, 8, "the text ends too early"},
    {"{\"name\":\"abc", 1, 13, "the text ends too early"},
    {"{\"name\":\"abc\\", 1, 14, "the text ends too early"},
    {"{\"id\" 1}", 1, 7, "expected ':'"},
    {"{\"id\":1 \"x\"}", 1, 9, "expected ',' or '}'"},
    {"{\"id\":1,}", 1, 9, "expected a member's name in quotes"},
    {"{id:1}", 1, 2, "expected a member's name in quotes"},
    {"{,}", 1, 2, "expected a member's name in quotes"},
    {"{\"id\":}", 1, 7, "expected a value"},
    {"{\"id\":1}\n x", 2, 2, "expected nothing after the value"},
    {"{\"id\":01}", 1, 8, "expected ',' or '}'"},
    {"{\"id\":-}", 1, 8, "expected a digit"},
    {"{\"id\":1.}", 1, 9, "expected a digit"},
    {"{\"id\":1e}", 1, 9, "expected a digit"},
    {"{\"id\":+1}", 1, 7, "expected a value"},
    {"{\"active\":trUe}", 1, 13, "expected true, false or null"},
    {"{\"active\":tru", 1, 14, "the text ends too early"},
    {"{\"score\":nul1}", 1, 13, "expected true, false or null"},
    {"{\"a/b~c\":[}", 1, 11, "expected a value"},
    {"{\"a/b~c\":[", 1, 11, "the text ends too early"},
    {"{\"a/b~c\":[{} {}]}", 1, 14, "expected ',' or ']'"},
    {"{\"a/b~c\":[{},]}", 1, 14, "expected a value"},
    {"{\"x\":[1,]}", 1, 9, "expected a value"},
    {"{\"x\":[1 2]}", 1, 9, "expected ',' or ']'"},
    {"{\"x\":{\"y\" 1}}", 1, 11, "expected ':'"},
    {"{\"name\":\"\xc3\xbc\xc3\xbc\\x\"}", 1, 12, "no such escape in strings"},
    {"{\"name\":\"\n\"}", 1, 10, "a control character in a string must be escaped"},
    {"{\"name\":\"a\xff\"}", 1, 11, "the text is not UTF-8"},
    {"{\"name\":\"\\ud800\"}", 1, 10,
     "expected \\u and four hexadecimal digits, surrogates in pairs"},
    {"{\"name\":\"\\ude00\\ud83d\"}", 1, 10,
     "expected \\u and four hexadecimal digits, surrogates in pairs"},
    {"{\"name\":\"\\u00g0\"}", 1, 10,
     "expected \\u and four hexadecimal digits, surrogates in pairs"},
    {"\xef\xbb\xbf{}", 1, 1, "expected a value"},
    {"{\r\n\"id\":\r\n\tx}", 3, 2, "expected a value"},
};

static void positions_and_reasons(void **unused)
{
    (void)unused;
    weft_arena arena;
    weft_arena_init(&arena, 0);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        weft_str text = weft_str_from(cases[i].text);
        weft_violations violations = {.arena = &arena};
        weft_json_fault fault;
        sample out;
        for (int way = 0; way < 2; way++) {
            weft_json_verdict verdict = way == 0
                                            ? weft_json_check(text, &fault)
                                            : weft_json_decode(text, &arena, sample__decode_json,
                                                               &out, &violations, &fault);
            assert_int_equal(verdict, WEFT_JSON_SYNTAX);
            if (fault.line != cases[i].line || fault.column != cases[i].column ||
                strcmp(fault.reason, cases[i].reason) != 0)
                fail_msg("%s: %u:%u: %s", cases[i].text, fault.line, fault.column, fault.reason);
        }
        weft_arena_reset(&arena);
    }
}

static bool nested__decode_json(weft_json_reader *reader, void *into)
{
    weft_json_array array;
    if (!weft_json_array_begin(reader, &array))
        return weft_json_ok(reader);
    while (weft_json_array_next(reader, &array, 1, 1) != NULL)
        nested__decode_json(reader, into);
    return weft_json_array_end(reader, &array);
}

static void the_depth_limit(void **unused)
{
    (void)unused;
    static char text[200000];
    weft_arena arena;
    weft_arena_init(&arena, 0);
    weft_json_fault fault;
    for (size_t depth = WEFT_JSON_DEPTH - 1; depth <= WEFT_JSON_DEPTH + 1; depth++) {
        weft_json_verdict expected = depth <= WEFT_JSON_DEPTH ? WEFT_JSON_OK : WEFT_JSON_SYNTAX;
        memset(text, '[', depth);
        memset(text + depth, ']', depth);
        weft_violations violations = {.arena = &arena};
        assert_int_equal(weft_json_check((weft_str){text, 2 * depth}, &fault), expected);
        assert_int_equal(weft_json_decode((weft_str){text, 2 * depth}, &arena, nested__decode_json,
                                          NULL, &violations, &fault),
                         expected);
    }
    assert_int_equal(fault.offset, WEFT_JSON_DEPTH);
    assert_string_equal(fault.reason, "objects and arrays are nested too deeply");
    memset(text, '[', sizeof text);
    assert_int_equal(weft_json_check((weft_str){text, sizeof text}, &fault), WEFT_JSON_SYNTAX);
    weft_arena_reset(&arena);
}

static void a_missing_text(void **unused)
{
    (void)unused;
    weft_json_fault fault;
    assert_int_equal(weft_json_check((weft_str){NULL, 0}, &fault), WEFT_JSON_SYNTAX);
    assert_int_equal(fault.offset, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(positions_and_reasons),
        cmocka_unit_test(the_depth_limit),
        cmocka_unit_test(a_missing_text),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
