/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * The two forms of a log line, byte for byte, and what is cut from a long one.
 */
#include "log/line.h"
#include <locale.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <weft/check.h>

#include <cmocka.h>

#define AT_TEST INT64_C(1795395723123456789) /* 2026-11-23T01:02:03.123456789Z */

static char line[WEFT_LOG_LINE_MAX];

static weft_str format(weft__log_form form, const weft__log_entry *entry)
{
    memset(line, '#', sizeof line);
    size_t len = weft__log_line(line, form, entry);
    assert_in_range(len, 1, WEFT_LOG_LINE_MAX);
    return (weft_str){line, len};
}

static void assert_line(weft__log_form form, const weft__log_entry *entry, const char *expected)
{
    weft_str got = format(form, entry);
    char text[WEFT_LOG_LINE_MAX + 1];
    memcpy(text, got.at, got.len);
    text[got.len] = '\0';
    assert_string_equal(text, expected);
}

static const weft_log_field fields[] = {
    {.name = "method", .type = WEFT_LOG_STR, .text = {"GET", 3}},
    {.name = "path", .type = WEFT_LOG_STR, .text = {"/users/1", 8}},
    {.name = "status", .type = WEFT_LOG_I64, .integer = 200},
    {.name = "load", .type = WEFT_LOG_F64, .number = 0.1},
    {.name = "duration", .type = WEFT_LOG_DURATION, .integer = 1234567},
};

static const weft__log_entry event = {.time = AT_TEST,
                                      .level = WEFT_LOG_INFO,
                                      .module = "serve",
                                      .message = {"a \"quoted\" request", 18},
                                      .fields = fields,
                                      .count = sizeof fields / sizeof *fields};

static void test_json(void **unused)
{
    (void)unused;
    assert_line(WEFT__LOG_JSON, &event,
                "{\"time\":\"2026-11-23T01:02:03.123Z\",\"level\":\"info\",\"module\":\"serve\","
                "\"message\":\"a \\\"quoted\\\" request\",\"method\":\"GET\",\"path\":\"/users/1\","
                "\"status\":200,\"load\":0.1,\"duration_ms\":1.234}\n");
}

static void test_pretty(void **unused)
{
    (void)unused;
    assert_line(
        WEFT__LOG_PRETTY, &event,
        "01:02:03.123 INFO  serve: a \"quoted\" request method=GET path=/users/1 status=200 "
        "load=0.1 duration=1.234ms\n");
}

static void test_coloured(void **unused)
{
    (void)unused;
    weft__log_entry entry = event;
    entry.count = 1;
    assert_line(WEFT__LOG_COLOURED, &entry,
                "\033[2m01:02:03.123\033[0m \033[32mINFO\033[0m  serve: a \"quoted\" request "
                "\033[2mmethod=\033[0mGET\n");
}

static void test_levels(void **unused)
{
    (void)unused;
    static const char *const pretty[] = {"DEBUG m: x\n", "INFO  m: x\n", "WARN  m: x\n",
                                         "ERROR m: x\n"};
    static const char *const json[] = {"debug", "info", "warn", "error"};
    for (int level = WEFT_LOG_DEBUG; level < WEFT_LOG_OFF; level++) {
        weft__log_entry entry = {
            .time = AT_TEST, .level = (weft_log_level)level, .module = "m", .message = {"x", 1}};
        char expected[160];
        snprintf(expected, sizeof expected, "01:02:03.123 %s", pretty[level]);
        assert_line(WEFT__LOG_PRETTY, &entry, expected);
        snprintf(expected, sizeof expected,
                 "{\"time\":\"2026-11-23T01:02:03.123Z\",\"level\":\"%s\",\"module\":\"m\","
                 "\"message\":\"x\"}\n",
                 json[level]);
        assert_line(WEFT__LOG_JSON, &entry, expected);
    }
}

/* Against the C library, over leap years, ends of months and centuries. */
static void test_dates(void **unused)
{
    (void)unused;
    for (int64_t seconds = 0; seconds < INT64_C(8000000000); seconds += 86399 * 13) {
        time_t time = (time_t)seconds;
        struct tm tm;
        gmtime_r(&time, &tm);
        char expected[40];
        strftime(expected, sizeof expected, "{\"time\":\"%Y-%m-%dT%H:%M:%S.000Z\"", &tm);
        weft__log_entry entry = {.time = seconds * WEFT_SECOND, .module = "m"};
        weft_str got = format(WEFT__LOG_JSON, &entry);
        assert_memory_equal(got.at, expected, strlen(expected));
    }
}

static void assert_field(weft_log_field field, const char *json, const char *pretty)
{
    weft__log_entry entry = {.time = AT_TEST,
                             .level = WEFT_LOG_INFO,
                             .module = "m",
                             .message = {"x", 1},
                             .fields = &field,
                             .count = 1};
    char expected[320];
    snprintf(expected, sizeof expected,
             "{\"time\":\"2026-11-23T01:02:03.123Z\",\"level\":\"info\",\"module\":\"m\","
             "\"message\":\"x\",%s}\n",
             json);
    assert_line(WEFT__LOG_JSON, &entry, expected);
    snprintf(expected, sizeof expected, "01:02:03.123 INFO  m: x %s\n", pretty);
    assert_line(WEFT__LOG_PRETTY, &entry, expected);
}

static void test_numbers(void **unused)
{
    (void)unused;
    assert_field(WEFT_FIELD_I64("n", INT64_MIN), "\"n\":-9223372036854775808",
                 "n=-9223372036854775808");
    assert_field(WEFT_FIELD_I64("n", INT64_MAX), "\"n\":9223372036854775807",
                 "n=9223372036854775807");
    assert_field(WEFT_FIELD_F64("n", 1.0), "\"n\":1", "n=1");
    assert_field(WEFT_FIELD_F64("n", 1.0 / 3), "\"n\":0.33333333333333331",
                 "n=0.33333333333333331");
    assert_field(WEFT_FIELD_F64("n", -2.5e300), "\"n\":-2.5e+300", "n=-2.5e+300");
    assert_field(WEFT_FIELD_F64("n", NAN), "\"n\":null", "n=nan");
    assert_field(WEFT_FIELD_F64("n", -INFINITY), "\"n\":null", "n=nan");
    assert_field(WEFT_FIELD_DURATION("n", 0), "\"n_ms\":0.000", "n=0.000ms");
    assert_field(WEFT_FIELD_DURATION("n", -1500000), "\"n_ms\":-1.500", "n=-1.500ms");
    assert_field(WEFT_FIELD_DURATION("n", 999), "\"n_ms\":0.000", "n=0.000ms");
    assert_field(WEFT_FIELD_DURATION("n", INT64_MAX), "\"n_ms\":9223372036854.775",
                 "n=9223372036854.775ms");
}

static void test_decimal_sign_is_a_point(void **unused)
{
    (void)unused;
    if (setlocale(LC_NUMERIC, "de_DE.UTF-8") == NULL &&
        setlocale(LC_NUMERIC, "fr_FR.UTF-8") == NULL)
        print_message("# skipped: no locale with a decimal comma on this system\n");
    assert_field(WEFT_FIELD_F64("n", 0.5), "\"n\":0.5", "n=0.5");
    setlocale(LC_NUMERIC, "C");
}

static void test_texts(void **unused)
{
    (void)unused;
    assert_field(WEFT_FIELD_STR("s", WEFT_STR("")), "\"s\":\"\"", "s=\"\"");
    assert_field(WEFT_FIELD_STR("s", ((weft_str){NULL, 0})), "\"s\":\"\"", "s=\"\"");
    assert_field(WEFT_FIELD_STR("s", WEFT_STR("a b")), "\"s\":\"a b\"", "s=\"a b\"");
    assert_field(WEFT_FIELD_STR("s", WEFT_STR("a=b")), "\"s\":\"a=b\"", "s=a=b");
    assert_field(WEFT_FIELD_STR("s", WEFT_STR("a\"")), "\"s\":\"a\\\"\"", "s=\"a\\\"\"");
    assert_field(WEFT_FIELD_STR("s", WEFT_STR("gr\xC3\xBC\xC3\x9F")),
                 "\"s\":\"gr\xC3\xBC\xC3\x9F\"", "s=gr\xC3\xBC\xC3\x9F");
    assert_field(WEFT_FIELD_STR("s", WEFT_STR("\xFF")), "\"s\":\"\xEF\xBF\xBD\"",
                 "s=\"\xEF\xBF\xBD\"");
}

static void test_a_message_cannot_forge_a_line(void **unused)
{
    (void)unused;
    weft__log_entry entry = {.time = AT_TEST,
                             .level = WEFT_LOG_WARN,
                             .module = "m",
                             .message = WEFT_STR("one\ntwo\x1b[31m\tthree\r\x7f")};
    assert_line(WEFT__LOG_PRETTY, &entry, "01:02:03.123 WARN  m: one\n    two?[31m\tthree??\n");
    weft_str json = format(WEFT__LOG_JSON, &entry);
    assert_ptr_equal(memchr(json.at, '\n', json.len), json.at + json.len - 1);
    assert_null(memchr(json.at, '\x1b', json.len));
}

/* ---- cutting ----------------------------------------------------------------------------------- */

static bool ends_with(weft_str s, const char *end)
{
    size_t len = strlen(end);
    return s.len >= len && memcmp(s.at + s.len - len, end, len) == 0;
}

/* A text of `unit` repeated, as message and as field, at every length around the limit. */
static void cut_everywhere(const char *unit, weft__log_form form, const char *end)
{
    size_t step = strlen(unit);
    static char text[2 * WEFT_LOG_LINE_MAX];
    for (size_t i = 0; i + step <= sizeof text; i += step)
        memcpy(text + i, unit, step);
    bool seen_whole = false, seen_cut = false;
    for (size_t len = 0; len + step <= sizeof text; len += step * 7) {
        weft_log_field last = WEFT_FIELD_STR("last", ((weft_str){text, len / 2 / step * step}));
        weft__log_entry entry = {.time = AT_TEST,
                                 .level = WEFT_LOG_INFO,
                                 .module = "m",
                                 .message = {text, len - len / 2 / step * step},
                                 .fields = &last,
                                 .count = 1};
        weft_str got = format(form, &entry);
        assert_int_equal(got.at[got.len - 1], '\n');
        bool cut = ends_with(got, end);
        assert_true(!seen_cut || cut); /* what is longer is cut too */
        if (cut)
            assert_true(got.len > WEFT_LOG_LINE_MAX - 64); /* and not cut more than needed */
        assert_true(weft_utf8_valid(got));
        seen_whole |= !cut;
        seen_cut |= cut;
    }
    assert_true(seen_whole && seen_cut);
}

static void test_long_lines_are_cut_and_marked(void **unused)
{
    (void)unused;
    static const char *const units[] = {"x", "\xC3\xBC", "\xF0\x9F\x98\x80", "\"", "\x01", "a\n"};
    for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
        cut_everywhere(units[i], WEFT__LOG_JSON, "\",\"cut\":true}\n");
        cut_everywhere(units[i], WEFT__LOG_PRETTY, " [cut]\n");
        cut_everywhere(units[i], WEFT__LOG_COLOURED, " [cut]\n");
    }
}

static void test_the_longest_prefix_is_kept(void **unused)
{
    (void)unused;
    static char text[WEFT_LOG_LINE_MAX];
    memset(text, 'x', sizeof text);
    weft__log_entry entry = {
        .time = AT_TEST, .level = WEFT_LOG_INFO, .module = "m", .message = {text, sizeof text}};
    size_t longest = format(WEFT__LOG_JSON, &entry).len;
    assert_in_range(longest, WEFT_LOG_LINE_MAX - 3, WEFT_LOG_LINE_MAX);
}

/* A number has no prefix that means the same: the field is left out as a whole. */
static void test_a_number_is_never_cut(void **unused)
{
    (void)unused;
    static char text[WEFT_LOG_LINE_MAX];
    memset(text, 'x', sizeof text);
    weft_log_field number = WEFT_FIELD_I64("n", INT64_C(123456789012345678));
    for (size_t len = WEFT_LOG_LINE_MAX - 200; len < WEFT_LOG_LINE_MAX; len++) {
        weft__log_entry entry = {.time = AT_TEST,
                                 .level = WEFT_LOG_INFO,
                                 .module = "m",
                                 .message = {text, len},
                                 .fields = &number,
                                 .count = 1};
        weft_str got = format(WEFT__LOG_JSON, &entry);
        assert_true(ends_with(got, "x\",\"n\":123456789012345678}\n") ||
                    ends_with(got, "x\",\"cut\":true}\n"));
    }
}

static int use_utc(void **unused)
{
    (void)unused;
    setenv("TZ", "UTC", 1);
    tzset();
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_json),
        cmocka_unit_test(test_pretty),
        cmocka_unit_test(test_coloured),
        cmocka_unit_test(test_levels),
        cmocka_unit_test(test_dates),
        cmocka_unit_test(test_numbers),
        cmocka_unit_test(test_decimal_sign_is_a_point),
        cmocka_unit_test(test_texts),
        cmocka_unit_test(test_a_message_cannot_forge_a_line),
        cmocka_unit_test(test_long_lines_are_cut_and_marked),
        cmocka_unit_test(test_the_longest_prefix_is_kept),
        cmocka_unit_test(test_a_number_is_never_cut),
    };
    return cmocka_run_group_tests(tests, use_utc, NULL);
}
