/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * preconditions, ranges, and the dates that they are told in.
 */
#include "harness.h"
#include "http/h1/h1.h"
#include "layer/condition.h"

enum { THEN = 784111777, SIZE = 1000 }; /* Sun, 06 Nov 1994 08:49:37 GMT */

static exchange x;

static weft__version version = {.etag = "\"a-1\"", .modified = THEN, .size = SIZE};
static weft__part part;
static weft_http_method method = WEFT_METHOD_GET;

static weft_http_status ask(const char *const fields[])
{
    exchange_init(&x);
    x.request.method = method;
    for (size_t i = 0; fields[i] != NULL; i += 2)
        exchange_field(&x, fields[i], fields[i + 1]);
    weft_http_status status = weft__condition(&x.request, &version, &part);
    exchange_finish(&x);
    return status;
}

static void test_preconditions(void **unused)
{
    (void)unused;
#define AT     "Sun, 06 Nov 1994 08:49:37 GMT"
#define BEFORE "Sun, 06 Nov 1994 08:49:36 GMT"
#define AFTER  "Sun, 06 Nov 1994 08:49:38 GMT"
    static const struct {
        int status;
        const char *fields[8];
    } cases[] = {
        {200, {NULL}},
        {200, {"If-Match", "\"a-1\""}},
        {200, {"If-Match", "\"x\", \"a-1\""}},
        {200, {"If-Match", "\"x,\",\t,\"a-1\""}},
        {200, {"If-Match", "\"x\"", "If-Match", "\"a-1\""}},
        {200, {"If-Match", "*"}},
        {412, {"If-Match", "\"x\""}},
        {412, {"If-Match", "W/\"a-1\""}},
        {412, {"If-Match", "a-1"}},
        {412, {"If-Match", "\"a-1"}},
        {412, {"If-Match", ""}},
        {412, {"If-Match", "\"x\"", "If-Unmodified-Since", AFTER}},
        {200, {"If-Match", "*", "If-Unmodified-Since", BEFORE}},
        {200, {"If-Unmodified-Since", AT}},
        {200, {"If-Unmodified-Since", AFTER}},
        {412, {"If-Unmodified-Since", BEFORE}},
        {200, {"If-Unmodified-Since", "yesterday"}},
        {304, {"If-None-Match", "\"a-1\""}},
        {304, {"If-None-Match", "W/\"a-1\""}},
        {304, {"If-None-Match", "\"x\", W/\"y\" , \"a-1\""}},
        {304, {"If-None-Match", "*"}},
        {200, {"If-None-Match", "\"x\""}},
        {200, {"If-None-Match", "a-1"}},
        {200, {"If-None-Match", "\"A-1\""}},
        {200, {"If-None-Match", "\"x\"", "If-Modified-Since", AFTER}}, /* the tag decides */
        {304, {"If-None-Match", "\"a-1\"", "If-Modified-Since", BEFORE}},
        {304, {"If-Modified-Since", AT}},
        {304, {"If-Modified-Since", AFTER}},
        {200, {"If-Modified-Since", BEFORE}},
        {200, {"If-Modified-Since", "0"}},
        {412, {"If-Match", "\"x\"", "If-None-Match", "\"a-1\""}},
        {304, {"If-Match", "\"a-1\"", "If-None-Match", "\"a-1\""}},
        {304, {"If-None-Match", "\"a-1\"", "Range", "bytes=0-1"}},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        if ((int)ask(cases[i].fields) != cases[i].status)
            fail_msg("case %zu", i);
}

/* Who does not read is not told that it has read it already. */
static void test_other_methods(void **unused)
{
    (void)unused;
    method = WEFT_METHOD_PUT;
    assert_int_equal(ask((const char *[]){"If-None-Match", "\"a-1\"", NULL}), 412);
    assert_int_equal(ask((const char *[]){"If-None-Match", "*", NULL}), 412);
    assert_int_equal(ask((const char *[]){"If-None-Match", "\"x\"", NULL}), 200);
    assert_int_equal(ask((const char *[]){"If-Modified-Since", AFTER, NULL}), 200);
    assert_int_equal(ask((const char *[]){"If-Unmodified-Since", BEFORE, NULL}), 412);
    assert_int_equal(ask((const char *[]){"If-Match", "\"x\"", NULL}), 412);
    assert_int_equal(ask((const char *[]){"Range", "bytes=0-1", NULL}), 200);
    method = WEFT_METHOD_HEAD;
    assert_int_equal(ask((const char *[]){"If-None-Match", "\"a-1\"", NULL}), 304);
    assert_int_equal(ask((const char *[]){"If-Modified-Since", AT, NULL}), 304);
    method = WEFT_METHOD_GET;
}

static void test_a_weak_tag(void **unused)
{
    (void)unused;
    strcpy(version.etag, "W/\"a-1\"");
    assert_int_equal(ask((const char *[]){"If-None-Match", "\"a-1\"", NULL}), 304);
    assert_int_equal(ask((const char *[]){"If-Match", "W/\"a-1\"", NULL}), 412);
    assert_int_equal(ask((const char *[]){"Range", "bytes=0-1", "If-Range", "W/\"a-1\"", NULL}),
                     200);
    strcpy(version.etag, "\"a-1\"");
}

static void test_ranges(void **unused)
{
    (void)unused;
    static const struct {
        const char *range;
        int status;
        uint64_t offset, length;
    } cases[] = {
        {"bytes=0-0", 206, 0, 1},
        {"bytes=0-", 206, 0, 1000},
        {"bytes=0-999", 206, 0, 1000},
        {"bytes=0-1000", 206, 0, 1000},
        {"BYTES=999-", 206, 999, 1},
        {"bytes= 1-2 ", 206, 1, 2},
        {"bytes=10-99999999999999999999999", 206, 10, 990},
        {"bytes=-1", 206, 999, 1},
        {"bytes=-1000", 206, 0, 1000},
        {"bytes=-99999999999999999999999", 206, 0, 1000},
        {"bytes=1000-", 416, 0, 0},
        {"bytes=99999999999999999999999-", 416, 0, 0},
        {"bytes=-0", 416, 0, 0},
        {"bytes=5-4", 416, 0, 0},
        {"bytes=0-1,3-4", 416, 0, 0},
        {"bytes=", 416, 0, 0},
        {"bytes=-", 416, 0, 0},
        {"bytes=--1", 416, 0, 0},
        {"bytes=1", 416, 0, 0},
        {"bytes=a-b", 416, 0, 0},
        {"bytes=0x1-2", 416, 0, 0},
        {"bytes=1-2-3", 416, 0, 0},
        {"bytes=+1-2", 416, 0, 0},
        {"lines=1-2", 200, 0, 1000},
        {"bytes", 416, 0, 0},
        {"", 200, 0, 1000},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        int status = (int)ask((const char *[]){"Range", cases[i].range, NULL});
        if (status != cases[i].status ||
            (status < 400 && (part.offset != cases[i].offset || part.length != cases[i].length)))
            fail_msg("%s: %d", cases[i].range, status);
    }
}

static void test_ranges_of_nothing(void **unused)
{
    (void)unused;
    version.size = 0;
    assert_int_equal(ask((const char *[]){"Range", "bytes=0-", NULL}), 416);
    assert_int_equal(ask((const char *[]){"Range", "bytes=-1", NULL}), 416);
    assert_int_equal(ask((const char *[]){NULL}), 200);
    assert_int_equal(part.length, 0);
    version.size = SIZE;
}

static void test_if_range(void **unused)
{
    (void)unused;
    static const struct {
        const char *had;
        int status;
    } cases[] = {{"\"a-1\"", 206}, {"\"x\"", 200}, {AT, 206},    {AFTER, 200},
                 {BEFORE, 200},    {"", 200},      {"a-1", 200}, {"*", 200}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_int_equal(
            ask((const char *[]){"Range", "bytes=0-1", "If-Range", cases[i].had, NULL}),
            cases[i].status);
}

static void test_head_has_no_ranges(void **unused)
{
    (void)unused;
    exchange_init(&x);
    x.request.method = WEFT_METHOD_HEAD;
    exchange_field(&x, "Range", "bytes=0-1");
    assert_int_equal(weft__condition(&x.request, &version, &part), 200);
    exchange_finish(&x);
}

static void test_dates(void **unused)
{
    (void)unused;
    static const struct {
        const char *text;
        int64_t seconds; /* -1: none */
    } cases[] = {
        {AT, THEN},
        {"Sunday, 06-Nov-94 08:49:37 GMT", THEN},
        {"Sun Nov  6 08:49:37 1994", THEN},
        {"Wed Nov 16 08:49:37 1994", THEN + 10 * 86400},
        {"Thu, 01 Jan 1970 00:00:00 GMT", 0},
        {"Sat, 29 Feb 2020 23:59:59 GMT", 1583020799},
        {"Fri, 31 Dec 9999 23:59:59 GMT", 253402300799},
        {"Sun, 29 Feb 2021 00:00:00 GMT", -1},
        {"Sun, 31 Nov 1994 08:49:37 GMT", -1},
        {"Sun, 00 Nov 1994 08:49:37 GMT", -1},
        {"Sun, 06 Nov 1994 24:00:00 GMT", -1},
        {"Sun, 06 Nov 1994 08:60:00 GMT", -1},
        {"Sun, 06 Nov 1994 08:49:61 GMT", -1},
        {"Sun, 6 Nov 1994 08:49:37 GMT", -1},
        {"sun, 06 nov 1994 08:49:37 gmt", -1},
        {"Sun, 06 Nov 1994 08:49:37", -1},
        {"Sun, 06 Nov 1994 08:49:37 GMT ", -1},
        {"Sun, 06 Nov 1994 08:49:37 UTC", -1},
        {"Sun, 06 Nov 1994 08:49:37 +0000", -1},
        {"1994-11-06T08:49:37Z", -1},
        {"Su", -1},
        {"", -1},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        int64_t seconds = -1;
        bool good = weft__http_date_parse(weft_str_from(cases[i].text), &seconds);
        if (good != (cases[i].seconds >= 0) || seconds != cases[i].seconds)
            fail_msg("%s: %lld", cases[i].text, (long long)seconds);
    }
}

/* What is written is read, in both forms that have two digits or four for the year. */
static void test_dates_there_and_back(void **unused)
{
    (void)unused;
    for (int64_t at = 0; at < INT64_C(253402300799); at += 86400 * 97 + 12345) {
        char text[29];
        int64_t seconds = -1;
        weft__http_date(at, text);
        assert_true(weft__http_date_parse((weft_str){text, sizeof text}, &seconds));
        assert_int_equal(seconds, at);
        for (size_t cut = 0; cut < sizeof text; cut++)
            assert_false(weft__http_date_parse((weft_str){text, cut}, &seconds));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_preconditions),        cmocka_unit_test(test_other_methods),
        cmocka_unit_test(test_a_weak_tag),           cmocka_unit_test(test_ranges),
        cmocka_unit_test(test_ranges_of_nothing),    cmocka_unit_test(test_if_range),
        cmocka_unit_test(test_head_has_no_ranges),   cmocka_unit_test(test_dates),
        cmocka_unit_test(test_dates_there_and_back),
    };
    return cmocka_run_group_tests_name("condition", tests, NULL, NULL);
}
