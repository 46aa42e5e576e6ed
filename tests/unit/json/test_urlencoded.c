/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * The forms of web-platform-tests, from $WEFT_SUITES/urlencoded, read with the JSON reader. The
 * five whose bytes are not UTF-8 are refused here (400 over HTTP), where the WHATWG puts U+FFFD.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <weft/codec.h>

#define CASES 35

static const unsigned not_utf8[] = {5, 6, 8, 9, 10}; /* counted from 1 */

/* {"input": "..", "output": [["name", "value"], ...]}, judged as soon as it is read. */
typedef struct judge {
    unsigned number, refused, wrong;
} judge;

static bool is_refused(unsigned number)
{
    for (size_t i = 0; i < sizeof not_utf8 / sizeof *not_utf8; i++) {
        if (not_utf8[i] == number)
            return true;
    }
    return false;
}

/* Takes `text`, which the suite's layout puts next. */
static void take(weft_json_reader *reader, const char *text)
{
    while (reader->at < reader->end && (unsigned char)*reader->at <= ' ')
        reader->at++;
    assert_true(weft_json_take_key(reader, text, strlen(text)));
}

static bool next_matches(weft_json_reader *reader, weft_str *rest)
{
    weft_str name, value, wanted_name, wanted_value;
    weft_json_array pair;
    assert_true(weft_json_array_begin(reader, &pair));
    assert_non_null(weft_json_array_next(reader, &pair, 1, 1));
    assert_true(weft_json_read_str(reader, &wanted_name));
    assert_non_null(weft_json_array_next(reader, &pair, 1, 1));
    assert_true(weft_json_read_str(reader, &wanted_value));
    assert_null(weft_json_array_next(reader, &pair, 1, 1));
    assert_true(weft_json_array_end(reader, &pair));
    return weft_urlencoded_next(rest, reader->arena, &name, &value) == WEFT_URLENCODED_OK &&
           weft_str_equal(name, wanted_name) && weft_str_equal(value, wanted_value);
}

static void judge_case(weft_json_reader *reader, judge *j)
{
    weft_str rest, name, value;
    take(reader, "{");
    take(reader, "\"input\":");
    assert_true(weft_json_read_str(reader, &rest));
    take(reader, ",");
    take(reader, "\"output\":");
    j->number++;
    bool refused = false;
    for (weft_str input = rest; is_refused(j->number) && !refused && input.len != 0;)
        refused = weft_urlencoded_next(&input, reader->arena, &name, &value) ==
                  WEFT_URLENCODED_INVALID;
    j->refused += refused;
    bool good = true;
    weft_json_array pairs;
    assert_true(weft_json_array_begin(reader, &pairs));
    while (weft_json_array_next(reader, &pairs, 1, 1) != NULL)
        good = next_matches(reader, &rest) && good;
    assert_true(weft_json_array_end(reader, &pairs));
    good = good && weft_urlencoded_next(&rest, reader->arena, &name, &value) == WEFT_URLENCODED_END;
    if (!refused && !good) {
        print_error("case %u is decoded wrong\n", j->number);
        j->wrong++;
    }
    take(reader, "}");
}

static bool judge_all(weft_json_reader *reader, void *into)
{
    weft_json_array cases;
    assert_true(weft_json_array_begin(reader, &cases));
    while (weft_json_array_next(reader, &cases, 1, 1) != NULL)
        judge_case(reader, into);
    return weft_json_array_end(reader, &cases);
}

static void all_forms(void **unused)
{
    (void)unused;
    const char *suites = getenv("WEFT_SUITES");
    if (suites == NULL) {
        print_message("# skipped: WEFT_SUITES is not set\n");
        return;
    }
    char path[512];
    static char text[65536];
    (void)snprintf(path, sizeof path, "%s/urlencoded/urlencoded-parser-data.json", suites);
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    size_t len = fread(text, 1, sizeof text, file);
    (void)fclose(file);

    weft_arena arena;
    weft_arena_init(&arena, 0);
    weft_violations violations = {.arena = &arena};
    weft_json_fault fault;
    judge all = {0};
    assert_int_equal(
        weft_json_decode((weft_str){text, len}, &arena, judge_all, &all, &violations, &fault),
        WEFT_JSON_OK);
    assert_int_equal(all.number, CASES);
    assert_int_equal(all.refused, sizeof not_utf8 / sizeof *not_utf8);
    assert_int_equal(all.wrong, 0);
    weft_arena_reset(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(all_forms)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
