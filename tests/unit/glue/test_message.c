/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Messages: texts into records and back, and what is said of a text that is none. The codecs stand
 * under the names that weftgen gives them.
 */
#define WEFT_GENERATED 1
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <weft/codec.h>
#include <weft/message.h>

typedef struct count {
    int32_t number;
} count;

static bool count__decode_json(weft_json_reader *reader, void *into)
{
    count *out = into;
    if (weft_json_read_i32(reader, &out->number) && !weft_within_i64(out->number, 0, 9))
        weft_violations_add_range_i64(reader->violations, "body", WEFT_STR("/number"), out->number,
                                      0, 9);
    return weft_json_ok(reader);
}

static void count__encode_json(weft_buffer *to, const void *from)
{
    weft_buffer_printf(to, "%d", ((const count *)from)->number);
}

static void assert_why(const char *text, const char *wanted)
{
    weft_arena arena;
    count into;
    weft_str why = {NULL, 0};
    weft_arena_init(&arena, 0);
    assert_int_equal(WEFT_MESSAGE_READ(count, weft_str_from(text), &arena, &into, &why),
                     WEFT_INVALID);
    if (!weft_str_equal(why, weft_str_from(wanted)))
        fail_msg("%s: \"%.*s\", not \"%s\"", text, WEFT_STR_ARGS(why), wanted);
    weft_arena_reset(&arena);
}

static void test_there_and_back(void **unused)
{
    (void)unused;
    weft_arena arena;
    count into = {0};
    weft_str why;
    weft_arena_init(&arena, 0);
    assert_int_equal(WEFT_MESSAGE_READ(count, WEFT_STR(" 7 "), &arena, &into, &why), WEFT_OK);
    assert_int_equal(into.number, 7);
    assert_true(weft_str_equal(WEFT_MESSAGE_TEXT(count, &arena, &into), WEFT_STR("7")));
    weft_arena_reset(&arena);
}

static void test_what_is_wrong(void **unused)
{
    (void)unused;
    assert_why("7,", "it is not JSON: line 1, column 2: expected nothing after the value");
    assert_why("", "it is not JSON: line 1, column 1: the text ends too early");
    assert_why("12", "/number must be from 0 to 9, not 12");
    assert_why("\"x\"", "it must be an integer, not a string");
}

static void test_no_memory(void **unused)
{
    (void)unused;
    weft_arena arena;
    weft_arena_init(&arena, 1);
    assert_null(WEFT_MESSAGE_TEXT(count, &arena, &(count){7}).at);
    weft_arena_reset(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_there_and_back),
        cmocka_unit_test(test_what_is_wrong),
        cmocka_unit_test(test_no_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
