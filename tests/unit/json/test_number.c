/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Doubles and floats written and read back: every bit, in few digits, in any locale.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <float.h>
#include <locale.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <weft/codec.h>

static char text[WEFT_JSON_NUMBER_MAX + 1];

static size_t put_double(double value)
{
    size_t len = (size_t)(weft_json_put_double(text, value) - text);
    assert_true(len <= WEFT_JSON_NUMBER_MAX);
    text[len] = 0;
    return len;
}

static void known_texts(void **unused)
{
    (void)unused;
    static const struct {
        double value;
        const char *text;
    } cases[] = {{0, "0"},
                 {-0.0, "-0"},
                 {1, "1"},
                 {-1.5, "-1.5"},
                 {0.1, "0.1"},
                 {0.3, "0.3"},
                 {19.99, "19.99"},
                 {100, "100"},
                 {52.520008, "52.520008"},
                 {0.000000001, "0.000000001"},
                 {1e15, "1000000000000000"},
                 {9007199254740991.0, "9007199254740991"},
                 {1e22, "1e+22"},
                 {1e-10, "1e-10"},
                 {5e-324, "4.94065645841247e-324"},
                 {DBL_MAX, "1.7976931348623157e+308"},
                 {0.1 + 0.2, "0.30000000000000004"},
                 {INFINITY, "null"},
                 {-INFINITY, "null"},
                 {NAN, "null"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        put_double(cases[i].value);
        assert_string_equal(text, cases[i].text);
    }
    *weft_json_put_float(text, 0.1f) = 0;
    assert_string_equal(text, "0.1");
    *weft_json_put_float(text, FLT_MAX) = 0;
    assert_string_equal(text, "3.4028235e+38");
    *weft_json_put_float(text, 16777216.0f) = 0;
    assert_string_equal(text, "16777216");
}

static uint64_t next_random(uint64_t *state)
{
    *state += UINT64_C(0x9e3779b97f4a7c15);
    uint64_t z = *state;
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

static void round_trip(double value)
{
    size_t len = put_double(value);
    weft_json_fault fault;
    assert_int_equal(weft_json_check((weft_str){text, len}, &fault), WEFT_JSON_OK);
    if (!isfinite(value))
        return;
    double again;
    assert_true(weft_text_to_double((weft_str){text, len}, &again));
    assert_memory_equal(&again, &value, sizeof value);
    again = strtod(text, NULL);
    assert_memory_equal(&again, &value, sizeof value);
}

static void random_doubles(void **unused)
{
    (void)unused;
    uint64_t state = 7;
    for (int i = 0; i < 50000; i++) {
        uint64_t bits = next_random(&state);
        double value;
        memcpy(&value, &bits, sizeof value);
        round_trip(value);
        round_trip((double)(int64_t)(bits >> (bits & 63)));
        round_trip((double)(int32_t)bits / 1000);
        round_trip((double)(bits >> 11) / 9007199254740992.0);
        round_trip((double)(uint32_t)bits * 1e-9);
    }
}

/* A number of at most 15 digits is written as people write it. */
static void decimals_keep_their_digits(void **unused)
{
    (void)unused;
    uint64_t state = 9;
    for (int i = 0; i < 200000; i++) {
        uint64_t power = 1, most = 10, bits = next_random(&state);
        for (uint64_t digits = bits % 15; digits > 0; digits--)
            most *= 10;
        int fraction = (int)(next_random(&state) % 10);
        for (int k = 0; k < fraction; k++)
            power *= 10;
        uint64_t number = next_random(&state) % most;
        char expected[64];
        int len = snprintf(expected, sizeof expected, "%llu.%0*llu",
                           (unsigned long long)(number / power), fraction + 1,
                           (unsigned long long)(number % power * 10));
        while (expected[len - 1] == '0')
            len--;
        expected[len - (expected[len - 1] == '.')] = '\0';
        size_t written = put_double((double)number / (double)power);
        assert_int_equal(written, strlen(expected));
        assert_memory_equal(text, expected, written);
    }
}

static void random_floats(void **unused)
{
    (void)unused;
    uint64_t state = 8;
    for (int i = 0; i < 50000; i++) {
        uint32_t bits = (uint32_t)next_random(&state);
        float value;
        memcpy(&value, &bits, sizeof value);
        size_t len = (size_t)(weft_json_put_float(text, value) - text);
        assert_true(len <= WEFT_JSON_NUMBER_MAX);
        text[len] = 0;
        if (isfinite(value)) {
            float again = strtof(text, NULL);
            assert_memory_equal(&again, &value, sizeof value);
        }
    }
}

static void the_locale_does_not_matter(void **unused)
{
    (void)unused;
    static const char *const names[] = {"de_DE.UTF-8", "de_DE", "fr_FR.UTF-8", "ps_AF"};
    bool any = false;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (setlocale(LC_ALL, names[i]) == NULL)
            continue;
        any = true;
        put_double(0.1 + 0.2);
        assert_string_equal(text, "0.30000000000000004");
        double value;
        assert_true(weft_text_to_double(WEFT_STR("0.30000000000000004"), &value));
        assert_true(value == 0.1 + 0.2);
    }
    (void)setlocale(LC_ALL, "C");
    if (!any)
        print_message("# skipped: no locale with a comma is installed\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(known_texts),
        cmocka_unit_test(random_doubles),
        cmocka_unit_test(decimals_keep_their_digits),
        cmocka_unit_test(random_floats),
        cmocka_unit_test(the_locale_does_not_matter),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
