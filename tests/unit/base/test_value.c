/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Times, dates, UUIDs, base64 and decimals as texts: what is read, what is refused, what is written.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <time.h>
#include <weft/value.h>

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

/* ---- time ---- */

static void assert_written(weft_timestamp time, const char *expected)
{
    char text[WEFT_TIMESTAMP_SIZE];
    size_t len = weft_timestamp_to_text(time, text);
    assert_int_equal(len, strlen(expected));
    assert_memory_equal(text, expected, len);
}

static void times(void **unused)
{
    (void)unused;
    static const struct {
        const char *text, *written;
        int64_t seconds;
        int32_t nanoseconds;
    } cases[] = {
        {"1970-01-01T00:00:00Z", "1970-01-01T00:00:00Z", 0, 0},
        {"1985-04-12T23:20:50.52Z", "1985-04-12T23:20:50.520Z", 482196050, 520000000},
        {"1996-12-19T16:39:57-08:00", "1996-12-20T00:39:57Z", 851042397, 0},
        {"1990-12-31T23:59:60Z", "1991-01-01T00:00:00Z", 662688000, 0},
        {"1990-12-31T15:59:60-08:00", "1991-01-01T00:00:00Z", 662688000, 0},
        {"1937-01-01T12:00:27.87+00:20", "1937-01-01T11:40:27.870Z", -1041337173, 870000000},
        {"2026-02-28t01:02:03.000000001z", "2026-02-28T01:02:03.000000001Z", 1772240523, 1},
        {"2026-02-28T01:02:03.000100-00:00", "2026-02-28T01:02:03.000100Z", 1772240523, 100000},
        {"0000-01-01T00:00:00Z", "0000-01-01T00:00:00Z", -62167219200, 0},
        {"9999-12-31T23:59:59.999999999Z", "9999-12-31T23:59:59.999999999Z", 253402300799,
         999999999},
        {"1969-12-31T23:59:59.5Z", "1969-12-31T23:59:59.500Z", -1, 500000000},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        weft_timestamp time;
        assert_true(weft_timestamp_from_text(weft_str_from(cases[i].text), &time));
        assert_true(time.seconds == cases[i].seconds);
        assert_int_equal(time.nanoseconds, cases[i].nanoseconds);
        assert_written(time, cases[i].written);
    }
}

static void no_times(void **unused)
{
    (void)unused;
    static const char *const cases[] = {
        "",
        "2026-01-31",
        "2026-01-31T12:00:00",
        "2026-01-31 12:00:00Z",
        "2026-01-31T12:00Z",
        "2026-01-31T12:00:00.Z",
        "2026-01-31T12:00:00.1234567890Z",
        "2026-01-31T12:00:00,5Z",
        "2026-01-31T24:00:00Z",
        "2026-01-31T12:60:00Z",
        "2026-01-31T12:00:60Z",
        "2026-01-31T23:59:60+01:00",
        "2026-01-31T23:59:61Z",
        "2026-02-29T12:00:00Z",
        "2026-13-01T12:00:00Z",
        "2026-00-01T12:00:00Z",
        "2026-01-00T12:00:00Z",
        "1900-02-29T00:00:00Z",
        "2026-01-31T12:00:00+1:00",
        "2026-01-31T12:00:00+0100",
        "2026-01-31T12:00:00+24:00",
        "2026-01-31T12:00:00+01:60",
        "2026-01-31T12:00:00Z ",
        " 2026-01-31T12:00:00Z",
        "+026-01-31T12:00:00Z",
        "20260131T120000Z",
        "9999-12-31T23:59:59-00:01",
        "0000-01-01T00:00:00+00:01",
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        weft_timestamp time = {7, 7};
        if (weft_timestamp_from_text(weft_str_from(cases[i]), &time))
            fail_msg("%s was read", cases[i]);
        assert_true(time.seconds == 7 && time.nanoseconds == 7);
    }
    char text[WEFT_TIMESTAMP_SIZE];
    assert_int_equal(weft_timestamp_to_text((weft_timestamp){253402300800, 0}, text), 0);
    assert_int_equal(weft_timestamp_to_text((weft_timestamp){-62167219201, 0}, text), 0);
    assert_int_equal(weft_timestamp_to_text((weft_timestamp){0, -1}, text), 0);
    assert_int_equal(weft_timestamp_to_text((weft_timestamp){0, 1000000000}, text), 0);
}

static void a_text_cut_short(void **unused)
{
    (void)unused;
    const char *whole = "2026-01-31T12:00:00.125+01:00";
    for (size_t len = 0; len < strlen(whole); len++) {
        weft_timestamp time;
        assert_false(weft_timestamp_from_text((weft_str){whole, len}, &time));
    }
}

/* Every day, against the C library's calendar. */
static void every_day(void **unused)
{
    (void)unused;
    for (int64_t day = -719528; day <= 2932896; day++) {
        time_t seconds = (time_t)(day * 86400);
        struct tm tm;
        assert_non_null(gmtime_r(&seconds, &tm));
        weft_date date = weft_date_of((weft_timestamp){seconds + 86399, 0});
        if (date.year != tm.tm_year + 1900 || date.month != tm.tm_mon + 1 ||
            date.day != tm.tm_mday || weft_date_start(date).seconds != seconds)
            fail_msg("day %ld is not %d-%d-%d", (long)day, date.year, date.month, date.day);
    }
}

static void dates(void **unused)
{
    (void)unused;
    weft_date date;
    char text[WEFT_DATE_SIZE];
    assert_true(weft_date_from_text(WEFT_STR("2024-02-29"), &date));
    assert_int_equal(weft_date_to_text(date, text), WEFT_DATE_SIZE);
    assert_memory_equal(text, "2024-02-29", WEFT_DATE_SIZE);
    assert_false(weft_date_from_text(WEFT_STR("2024-02-30"), &date));
    assert_false(weft_date_from_text(WEFT_STR("2024-2-29"), &date));
    assert_false(weft_date_from_text(WEFT_STR("2024-02-29T"), &date));
    assert_int_equal(weft_date_to_text((weft_date){2023, 2, 29}, text), 0);
    assert_int_equal(weft_date_to_text((weft_date){-1, 2, 2}, text), 0);
    assert_int_equal(weft_date_to_text((weft_date){10000, 2, 2}, text), 0);
    assert_int_equal(weft_date_to_text((weft_date){0}, text), 0);
}

static void moving_through_time(void **unused)
{
    (void)unused;
    weft_timestamp start = {100, 500000000};
    assert_int_equal(
        weft_timestamp_compare(weft_timestamp_after(start, WEFT_SECOND / 2), (weft_timestamp){101}),
        0);
    weft_timestamp before = weft_timestamp_after((weft_timestamp){0}, -1);
    assert_true(before.seconds == -1 && before.nanoseconds == 999999999);
    assert_true(weft_timestamp_compare(before, (weft_timestamp){0}) < 0);
    assert_true(weft_timestamp_compare(start, (weft_timestamp){100, 1}) > 0);
    weft_timestamp far = weft_timestamp_after((weft_timestamp){0}, INT64_MIN);
    assert_int_equal(weft_timestamp_compare(weft_timestamp_after(far, INT64_MAX),
                                            (weft_timestamp){-1, 999999999}),
                     0);
    assert_true(weft_timestamp_now().seconds > 1700000000);
}

/* ---- UUID ---- */

static void uuids(void **unused)
{
    (void)unused;
    const char *lower = "01935a7f-6c1e-7b2a-8f00-0123456789ab";
    char text[WEFT_UUID_SIZE];
    weft_uuid a, b;
    assert_true(weft_uuid_from_text(weft_str_from(lower), &a));
    assert_true(weft_uuid_from_text(WEFT_STR("01935A7F-6C1E-7B2A-8F00-0123456789AB"), &b));
    assert_true(weft_uuid_equal(a, b));
    assert_int_equal(a.at[0], 0x01);
    assert_int_equal(a.at[15], 0xab);
    assert_int_equal(weft_uuid_to_text(a, text), WEFT_UUID_SIZE);
    assert_memory_equal(text, lower, WEFT_UUID_SIZE);
    static const char *const wrong[] = {
        "",
        "01935a7f6c1e7b2a8f000123456789ab",
        "{01935a7f-6c1e-7b2a-8f00-0123456789ab}",
        "01935a7f-6c1e-7b2a-8f00-0123456789a",
        "01935a7f-6c1e-7b2a-8f00-0123456789abc",
        "01935a7f-6c1e-7b2a-8f0-00123456789ab",
        "01935a7g-6c1e-7b2a-8f00-0123456789ab",
        "01935a7f_6c1e_7b2a_8f00_0123456789ab",
        "0193@a7f-6c1e-7b2a-8f00-0123456789ab",
    };
    for (size_t i = 0; i < COUNT(wrong); i++)
        assert_false(weft_uuid_from_text(weft_str_from(wrong[i]), &b));
    assert_true(weft_uuid_equal(a, b));
}

static void new_uuids(void **unused)
{
    (void)unused;
    weft_uuid last = {{0}};
    for (int i = 0; i < 1000; i++) {
        weft_uuid four = weft_uuid_v4(), seven = weft_uuid_v7();
        assert_int_equal(four.at[6] >> 4, 4);
        assert_int_equal(four.at[8] >> 6, 2);
        assert_int_equal(seven.at[6] >> 4, 7);
        assert_int_equal(seven.at[8] >> 6, 2);
        assert_false(weft_uuid_equal(last, four));
        assert_false(weft_uuid_equal(last, seven));
        assert_true(memcmp(last.at, seven.at, 8) <= 0); /* made later */
        last = seven;
    }
}

/* ---- base64 ---- */

static weft_arena arena;

static void base64(void **unused)
{
    (void)unused;
    static const struct {
        const char *bytes, *text, *url;
    } cases[] = {{"", "", ""},
                 {"f", "Zg==", "Zg"},
                 {"fo", "Zm8=", "Zm8"},
                 {"foo", "Zm9v", "Zm9v"},
                 {"foob", "Zm9vYg==", "Zm9vYg"},
                 {"fooba", "Zm9vYmE=", "Zm9vYmE"},
                 {"foobar", "Zm9vYmFy", "Zm9vYmFy"},
                 {"\xfb\xff\xbf", "+/+/", "-_-_"}};
    for (size_t i = 0; i < COUNT(cases); i++)
        for (int form = WEFT_BASE64; form <= WEFT_BASE64URL; form++) {
            weft_str text = weft_str_from(form == WEFT_BASE64 ? cases[i].text : cases[i].url);
            weft_bytes bytes;
            char written[16];
            assert_int_equal(weft_base64_decode(text, (weft_base64)form, &arena, &bytes), WEFT_OK);
            assert_int_equal(bytes.len, strlen(cases[i].bytes));
            assert_memory_equal(bytes.at, cases[i].bytes, bytes.len);
            assert_int_equal(weft_base64_encode(bytes, (weft_base64)form, written), text.len);
            assert_memory_equal(written, text.at, text.len);
            assert_true(weft_base64_size(bytes.len) >= text.len);
        }
}

static void no_base64(void **unused)
{
    (void)unused;
    static const char *const common[] = {"Z",    "Zg",    "Zg=",      "Zh==",    "Zm9=",
                                         "Zm8",  "Zm8==", "Zm9v====", "====",    "=Zm8",
                                         "Z=m8", "Zm\n9", "-_-_",     "Zg==Zg=="};
    static const char *const url[] = {"Z", "Zh", "Zm9", "Zg==", "Zm8=", "+/+/", "Zm 9", "Zm9vY"};
    weft_bytes bytes;
    for (size_t i = 0; i < COUNT(common); i++)
        assert_int_equal(weft_base64_decode(weft_str_from(common[i]), WEFT_BASE64, &arena, &bytes),
                         WEFT_INVALID);
    for (size_t i = 0; i < COUNT(url); i++)
        assert_int_equal(weft_base64_decode(weft_str_from(url[i]), WEFT_BASE64URL, &arena, &bytes),
                         WEFT_INVALID);
    assert_true(weft_base64_size(SIZE_MAX) == SIZE_MAX);
    assert_true(weft_base64_size(SIZE_MAX / 2) > SIZE_MAX / 2);
    weft_arena small;
    weft_arena_init(&small, 1);
    assert_int_equal(weft_base64_decode(WEFT_STR("Zm9v"), WEFT_BASE64, &small, &bytes),
                     WEFT_NO_MEMORY);
    weft_arena_reset(&small);
}

/* ---- decimals ---- */

static void decimals(void **unused)
{
    (void)unused;
    static const char *const right[] = {"0",
                                        "-0",
                                        "0.0",
                                        "1",
                                        "-12.50",
                                        "1234567890.000",
                                        "99999999999999999999999999999999999999999999999.01"};
    static const char *const wrong[] = {"",    "-",    ".5",  "5.",  "+1",      "01",  "00",
                                        "1e3", "1,5",  " 1",  "1 ",  "1.2.3",   "--1", "0x1",
                                        "NaN", "1.-2", "-.5", "-01", "\xd9\xa1"};
    weft_decimal out;
    for (size_t i = 0; i < COUNT(right); i++) {
        assert_true(weft_decimal_from_text(weft_str_from(right[i]), &out));
        assert_ptr_equal(out.text.at, right[i]);
        assert_int_equal(out.text.len, strlen(right[i]));
    }
    for (size_t i = 0; i < COUNT(wrong); i++)
        if (weft_decimal_from_text(weft_str_from(wrong[i]), &out))
            fail_msg("%s was read", wrong[i]);
    char longest[WEFT_DECIMAL_MAX + 1];
    memset(longest, '1', sizeof longest);
    assert_true(weft_decimal_from_text((weft_str){longest, WEFT_DECIMAL_MAX}, &out));
    assert_false(weft_decimal_from_text((weft_str){longest, WEFT_DECIMAL_MAX + 1}, &out));
}

static void decimals_in_order(void **unused)
{
    (void)unused;
    static const char *const order[] = {"-100",  "-99.99",  "-10",   "-9.5",  "-9.49",
                                        "-0.01", "0",       "0.001", "0.1",   "0.101",
                                        "1",     "9.99999", "10",    "10.01", "100"};
    for (size_t i = 0; i < COUNT(order); i++)
        for (size_t j = 0; j < COUNT(order); j++) {
            int found = weft_decimal_compare((weft_decimal){weft_str_from(order[i])},
                                             (weft_decimal){weft_str_from(order[j])});
            assert_int_equal((found > 0) - (found < 0), (i > j) - (i < j));
        }
    static const char *const same[][2] = {{"0", "-0.00"}, {"1.5", "1.500"}, {"-2", "-2.0"}};
    for (size_t i = 0; i < COUNT(same); i++)
        assert_int_equal(weft_decimal_compare((weft_decimal){weft_str_from(same[i][0])},
                                              (weft_decimal){weft_str_from(same[i][1])}),
                         0);
    weft_decimal half = {WEFT_STR("0.5")};
    assert_true(weft_within_decimal(half, WEFT_STR("0.50"), WEFT_STR("1")));
    assert_false(weft_within_decimal(half, WEFT_STR("0.51"), WEFT_STR("1")));
    assert_false(weft_within_decimal(half, WEFT_STR("-1"), WEFT_STR("0.4999")));
}

int main(void)
{
    weft_arena_init(&arena, 0);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(times),
        cmocka_unit_test(no_times),
        cmocka_unit_test(a_text_cut_short),
        cmocka_unit_test(every_day),
        cmocka_unit_test(dates),
        cmocka_unit_test(moving_through_time),
        cmocka_unit_test(uuids),
        cmocka_unit_test(new_uuids),
        cmocka_unit_test(base64),
        cmocka_unit_test(no_base64),
        cmocka_unit_test(decimals),
        cmocka_unit_test(decimals_in_order),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    weft_arena_reset(&arena);
    return failed;
}
