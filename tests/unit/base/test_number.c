/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Numbers: text to integers and exact doubles, integers to text.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <weft/check.h>

static bool to_i64(const char *text, int64_t *out)
{
    return weft_text_to_i64(weft_str_from(text), INT64_MIN, INT64_MAX, out);
}

static void integers(void **unused)
{
    (void)unused;
    static const struct {
        const char *text;
        int64_t value;
    } good[] = {{"0", 0},
                {"7", 7},
                {"-12", -12},
                {"10", 10},
                {"999999999999999999", INT64_C(999999999999999999)},
                {"1000000000000000000", INT64_C(1000000000000000000)},
                {"9223372036854775807", INT64_MAX},
                {"-9223372036854775808", INT64_MIN}};
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        int64_t value = 1;
        assert_true(to_i64(good[i].text, &value));
        assert_true(value == good[i].value);
    }
    static const char *const bad[] = {"",
                                      "-",
                                      "-0",
                                      "+1",
                                      "01",
                                      "00",
                                      "000000000000000001",
                                      "12345678\xb9",
                                      "1/",
                                      "1:",
                                      " 1",
                                      "1 ",
                                      "1.0",
                                      "1e2",
                                      "abc",
                                      "0x1",
                                      "1a",
                                      "--1",
                                      "9223372036854775808",
                                      "-9223372036854775809",
                                      "99999999999999999999999999",
                                      "18446744073709551616"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        int64_t value = 77;
        assert_false(to_i64(bad[i], &value));
        assert_int_equal(value, 77);
    }
}

static void ranges(void **unused)
{
    (void)unused;
    int64_t value;
    assert_true(weft_text_to_i64(WEFT_STR("127"), -128, 127, &value));
    assert_false(weft_text_to_i64(WEFT_STR("128"), -128, 127, &value));
    assert_false(weft_text_to_i64(WEFT_STR("-129"), -128, 127, &value));
    uint64_t natural;
    assert_true(weft_text_to_u64(WEFT_STR("18446744073709551615"), UINT64_MAX, &natural));
    assert_true(natural == UINT64_MAX);
    assert_true(weft_text_to_u64(WEFT_STR("255"), 255, &natural));
    assert_true(natural == 255);
    assert_true(weft_text_to_u64(WEFT_STR("0"), 255, &natural));
    assert_true(natural == 0);
    assert_false(weft_text_to_u64(WEFT_STR("00"), 255, &natural));
    assert_false(weft_text_to_u64(WEFT_STR("18446744073709551616"), UINT64_MAX, &natural));
    assert_false(weft_text_to_u64(WEFT_STR("256"), 255, &natural));
    assert_false(weft_text_to_u64(WEFT_STR("-1"), 255, &natural));
    assert_false(weft_text_to_u64(WEFT_STR("-0"), 255, &natural));
}

static void same_bits(double a, double b)
{
    assert_memory_equal(&a, &b, sizeof a);
}

static void doubles_are_those_of_strtod(void **unused)
{
    (void)unused;
    static const char *const texts[] = {"0",
                                        "-0",
                                        "0.0",
                                        "-0.0e5",
                                        "1",
                                        "0.1",
                                        "0.3",
                                        "3.14159",
                                        "1e22",
                                        "1e23",
                                        "123456789012345678",
                                        "9007199254740993",
                                        "9007199254740992",
                                        "9007199254740991.5",
                                        "1e-22",
                                        "1e-23",
                                        "2.2250738585072011e-308",
                                        "2.2250738585072014e-308",
                                        "4.9e-324",
                                        "5e-324",
                                        "2.4703282292062327e-324",
                                        "2.4703282292062328e-324",
                                        "1.7976931348623157e308",
                                        "1.7976931348623158e308",
                                        "1e-400",
                                        "1E+2",
                                        "0.000000000000000000000000000000000000000000000000001",
                                        "100000000000000000000000000000000000000",
                                        "1e-99999999999999999999",
                                        "0e999999999999999999",
                                        "8.988465674311582e307",
                                        "0.500000000000000166533453693773481063544750213623046875"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        double value;
        assert_true(weft_text_to_double(weft_str_from(texts[i]), &value));
        same_bits(value, strtod(texts[i], NULL));
    }
    static const char *const bad[] = {"",
                                      ".5",
                                      "5.",
                                      "1e",
                                      "1e+",
                                      "-",
                                      "+1",
                                      "01.5",
                                      "NaN",
                                      "inf",
                                      "1e999",
                                      "-1e999",
                                      "1.7976931348623159e308",
                                      "1 ",
                                      "0x1p3",
                                      "1,5"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        double value;
        assert_false(weft_text_to_double(weft_str_from(bad[i]), &value));
    }
}

/* More digits than can decide, where the last one does: halfway between two doubles, and just
 * above. */
static void very_long_numbers_round_by_their_last_digit(void **unused)
{
    (void)unused;
    char text[3000];
    size_t len = (size_t)snprintf(text, sizeof text, "9007199254740993.%02000d", 0);
    double value;
    assert_true(weft_text_to_double((weft_str){text, len}, &value));
    same_bits(value, 9007199254740992.0);
    text[len - 1] = '1';
    assert_true(weft_text_to_double((weft_str){text, len}, &value));
    same_bits(value, 9007199254740994.0);

    memset(text, '1', sizeof text);
    memcpy(text + 2990, "e-2900", 6);
    assert_true(weft_text_to_double((weft_str){text, 2996}, &value));
    same_bits(value, strtod("1.1111111111111111111111e89", NULL));
    memset(text, '0', sizeof text);
    text[1] = '.';
    memcpy(text + 2900, "5e2899", 6);
    assert_true(weft_text_to_double((weft_str){text, 2906}, &value));
    same_bits(value, 5.0);
}

static uint64_t next_random(uint64_t *state)
{
    *state += UINT64_C(0x9e3779b97f4a7c15);
    uint64_t z = *state;
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

static void random_doubles(void **unused)
{
    (void)unused;
    uint64_t state = 1;
    for (int i = 0; i < 100000; i++) {
        uint64_t bits = next_random(&state);
        double wanted;
        memcpy(&wanted, &bits, sizeof wanted);
        if (wanted - wanted != 0)
            continue;
        char text[512];
        int len = snprintf(text, sizeof text, "%.*e", i % 26, wanted);
        double value;
        if (weft_text_to_double((weft_str){text, (size_t)len}, &value))
            same_bits(value, strtod(text, NULL));
        else
            assert_true(strtod(text, NULL) - strtod(text, NULL) != 0);
    }
}

static void integers_to_text(void **unused)
{
    (void)unused;
    char text[24], wanted[24];
    uint64_t state = 2;
    for (int i = 0; i < 1000000; i++) { /* small ones, of each eight digits some, and any */
        uint64_t value = i < 20000    ? (uint64_t)i
                         : i < 900000 ? (uint64_t)i * 113
                                      : next_random(&state) >> (i % 64);
        size_t len = weft_u64_to_text(value, text);
        assert_int_equal(len, snprintf(wanted, sizeof wanted, "%" PRIu64, value));
        assert_memory_equal(text, wanted, len);
        len = weft_i64_to_text((int64_t)value, text);
        assert_int_equal(len, snprintf(wanted, sizeof wanted, "%" PRId64, (int64_t)value));
        assert_memory_equal(text, wanted, len);
    }
    size_t digits = 1;
    for (uint64_t power = 10; digits < 19; power *= 10, digits++) {
        assert_int_equal(weft_u64_to_text(power - 1, text), digits);
        assert_int_equal(weft_u64_to_text(power, text), digits + 1);
    }
    assert_int_equal(weft_i64_to_text(INT64_MIN, text), 20);
    assert_memory_equal(text, "-9223372036854775808", 20);
    assert_int_equal(weft_u64_to_text(UINT64_MAX, text), 20);
}

static void booleans(void **unused)
{
    (void)unused;
    bool value = false;
    assert_true(weft_text_to_bool(WEFT_STR("true"), &value));
    assert_true(value);
    assert_true(weft_text_to_bool(WEFT_STR("false"), &value));
    assert_false(value);
    assert_false(weft_text_to_bool(WEFT_STR("True"), &value));
    assert_false(weft_text_to_bool(WEFT_STR("1"), &value));
    assert_false(weft_text_to_bool(WEFT_STR(""), &value));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(integers),
        cmocka_unit_test(ranges),
        cmocka_unit_test(doubles_are_those_of_strtod),
        cmocka_unit_test(very_long_numbers_round_by_their_last_digit),
        cmocka_unit_test(random_doubles),
        cmocka_unit_test(integers_to_text),
        cmocka_unit_test(booleans),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
