/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * The rare ways through the reader: numbers of each type that are none or too large, halves of
 * surrogate pairs at every place, memory that ends within a text, no text at all.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "json/reader.h"
#include <weft/codec.h>
#include <weft/json.h>

static bool read_u64(weft_json_reader *reader, void *into)
{
    return weft__json_read_u64(reader, 100, into);
}

static bool read_double(weft_json_reader *reader, void *into)
{
    return weft_json_read_double(reader, into);
}

static bool read_float(weft_json_reader *reader, void *into)
{
    return weft_json_read_float(reader, into);
}

static bool read_text(weft_json_reader *reader, void *into)
{
    return weft_json_read_str(reader, into);
}

/* With memory for so many bytes; 0: as much as it wants. */
static weft_json_verdict decode(weft_str text, size_t memory, weft_json_decode_fn *read, void *into)
{
    weft_arena arena, list;
    weft_arena_init(&arena, memory);
    weft_arena_init(&list, 0);
    weft_violations violations = {.arena = &list};
    weft_json_fault fault;
    weft_json_verdict verdict = weft_json_decode(text, &arena, read, into, &violations, &fault);
    weft_arena_reset(&arena);
    weft_arena_reset(&list);
    return verdict;
}

static void numbers(void **state)
{
    static const struct {
        const char *text;
        weft_json_verdict of_u64, of_double, of_float;
    } cases[] = {
        {"7", WEFT_JSON_OK, WEFT_JSON_OK, WEFT_JSON_OK},
        {"1.5", WEFT_JSON_SHAPE, WEFT_JSON_OK, WEFT_JSON_OK},
        {"101", WEFT_JSON_SHAPE, WEFT_JSON_OK, WEFT_JSON_OK},
        {"-1", WEFT_JSON_SHAPE, WEFT_JSON_OK, WEFT_JSON_OK},
        {"99999999999999999999", WEFT_JSON_SHAPE, WEFT_JSON_OK, WEFT_JSON_OK},
        {"1e39", WEFT_JSON_SHAPE, WEFT_JSON_OK, WEFT_JSON_SHAPE},
        {"1e999", WEFT_JSON_SHAPE, WEFT_JSON_SHAPE, WEFT_JSON_SHAPE},
        {"true", WEFT_JSON_SHAPE, WEFT_JSON_SHAPE, WEFT_JSON_SHAPE},
        {"1.", WEFT_JSON_SYNTAX, WEFT_JSON_SYNTAX, WEFT_JSON_SYNTAX},
        {"", WEFT_JSON_SYNTAX, WEFT_JSON_SYNTAX, WEFT_JSON_SYNTAX},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        uint64_t integer;
        double wide;
        float narrow;
        weft_str text = weft_str_from(cases[i].text);
        assert_int_equal(decode(text, 0, read_u64, &integer), cases[i].of_u64);
        assert_int_equal(decode(text, 0, read_double, &wide), cases[i].of_double);
        assert_int_equal(decode(text, 0, read_float, &narrow), cases[i].of_float);
    }
}

static void surrogates(void **state)
{
    static const struct {
        const char *text;
        weft_json_verdict verdict;
    } cases[] = {
        {"\"\\ud83d\\ude00\"", WEFT_JSON_OK},
        {"\"\\ude00\"", WEFT_JSON_SYNTAX},         /* the second half alone */
        {"\"\\ud83d\"", WEFT_JSON_SYNTAX},         /* the text ends */
        {"\"\\ud83d______\"", WEFT_JSON_SYNTAX},   /* no escape follows */
        {"\"\\ud83d\\n_____\"", WEFT_JSON_SYNTAX}, /* another escape */
        {"\"\\ud83d\\ud83d\"", WEFT_JSON_SYNTAX},  /* the first half again */
        {"\"\\ud83d\\ue000\"", WEFT_JSON_SYNTAX},  /* beyond the second half */
        {"\"\\ud83d\\u00e9\"", WEFT_JSON_SYNTAX},
        {"\"\\ud83d\\u00g0\"", WEFT_JSON_SYNTAX},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        weft_str text;
        assert_int_equal(decode(weft_str_from(cases[i].text), 0, read_text, &text),
                         cases[i].verdict);
    }
}

static void memory_ends(void **state)
{
    weft_str text;
    (void)state;
    assert_int_equal(decode(WEFT_STR("\"a\\nb\""), 1, read_text, &text), WEFT_JSON_NO_MEMORY);
}

/* What was wrong first stays; that memory ended later is no news. */
static bool fail_twice(weft_json_reader *reader, void *into)
{
    (void)into;
    weft__json_fault(reader, reader->at, "the first reason");
    weft__json_no_memory(reader);
    return false;
}

static void the_first_reason_stays(void **state)
{
    (void)state;
    assert_int_equal(decode(WEFT_STR("1"), 0, fail_twice, NULL), WEFT_JSON_SYNTAX);
}

static void no_text_is_an_empty_one(void **state)
{
    uint64_t number;
    weft_json_fault fault;
    (void)state;
    assert_int_equal(decode((weft_str){NULL, 0}, 0, read_u64, &number), WEFT_JSON_SYNTAX);
    assert_int_equal(weft_json_check((weft_str){NULL, 0}, &fault), WEFT_JSON_SYNTAX);
}

/* Where in the text, when there is no memory to tell it. */
static bool point_without_memory(weft_json_reader *reader, void *into)
{
    weft_json_array array;
    if (!weft_json_array_begin(reader, &array))
        return false;
    *(weft_str *)into = weft_json_pointer(reader);
    return weft_json_array_end(reader, &array);
}

static void no_memory_for_a_pointer(void **state)
{
    weft_str pointer = WEFT_STR("none");
    (void)state;
    (void)decode(WEFT_STR("[]"), 1, point_without_memory, &pointer);
    assert_null(pointer.at);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers),
        cmocka_unit_test(surrogates),
        cmocka_unit_test(memory_ends),
        cmocka_unit_test(the_first_reason_stays),
        cmocka_unit_test(no_text_is_an_empty_one),
        cmocka_unit_test(no_memory_for_a_pointer),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
