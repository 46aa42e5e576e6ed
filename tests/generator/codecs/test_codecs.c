/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * The codecs that weftgen writes for types.c, run: what they read, what they write, what they
 * refuse.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "types.weft.h"

#include "codecs.h"

#include <stdio.h>

/* ---- JSON ---- */

static const char scalars_text[] =
    "{\"flag\":true,\"i8\":-128,\"i16\":-32768,\"i32\":-2147483648,\"i64\":-9223372036854775808,"
    "\"u8\":255,\"u16\":65535,\"u32\":4294967295,\"u64\":18446744073709551615,\"real\":0.1,"
    "\"precise\":-2.5e-300,\"a/b~c\":\"q\\\"\xc3\xbc\",\"tint\":\"deep \\\"blue\\\"\"}";

static void assert_extreme(const scalars *s)
{
    assert_true(s->flag);
    assert_int_equal(s->i8, INT8_MIN);
    assert_int_equal(s->i16, INT16_MIN);
    assert_int_equal(s->i32, INT32_MIN);
    assert_true(s->i64 == INT64_MIN);
    assert_int_equal(s->u8, UINT8_MAX);
    assert_int_equal(s->u16, UINT16_MAX);
    assert_true(s->u32 == UINT32_MAX);
    assert_true(s->u64 == UINT64_MAX);
    assert_true(s->real == 0.1f);
    assert_true(s->precise == -2.5e-300);
    assert_str(s->text, "q\"\xc3\xbc");
    assert_int_equal(s->tint, COLOR_BLUE);
}

static void all_scalars(void **unused)
{
    (void)unused;
    scalars s;
    assert_int_equal(decode(scalars_text, scalars__decode_json, &s), WEFT_JSON_OK);
    assert_extreme(&s);
    assert_encoded(scalars__encode_json, &s, scalars_text);
}

static void the_types_of_c(void **unused)
{
    (void)unused;
    static const char text[] = "{\"a\":-1,\"b\":2,\"c\":-3,\"d\":4,\"e\":-5,\"f\":6,\"g\":-7,"
                               "\"h\":8,\"i\":-5,\"j\":10,\"k\":11}";
    plain p, q;
    assert_int_equal(decode(text, plain__decode_json, &p), WEFT_JSON_OK);
    assert_encoded(plain__encode_json, &p, text);
    forget();
    assert_true(decode_query("a=-1&b=2&c=-3&d=4&e=-5&f=6&g=-7&h=8&i=-5&j=10&k=11",
                             plain__decode_query, &q));
    assert_encoded(plain__encode_json, &q, text);
}

static void members_in_any_order_and_spelling(void **unused)
{
    (void)unused;
    scalars s;
    assert_int_equal(
        decode("{ \"tint\" : \"deep \\\"blue\\\"\" , \"a\\/b~c\":\"q\\\"\xc3\xbc\",\"x\":{},"
               "\"precise\":-2.5e-300,\"real\":0.1,\"u64\":18446744073709551615,\"u32\":4294967295,"
               "\"\":1,\"u16\":65535,\"u8\":255,\"i64\":-9223372036854775808,\"\\u00693\\u0032\":-"
               "2147483648,"
               "\"i16\"\n:\n-32768,\"i8\":-128,\"flag\":true}",
               scalars__decode_json, &s),
        WEFT_JSON_OK);
    assert_extreme(&s);
}

static void what_is_absent_is_omitted(void **unused)
{
    (void)unused;
    for (unsigned mask = 0; mask < 32; mask++) {
        sparse s = {.first = {(mask & 1) != 0, -1},
                    .second = {(mask & 2) != 0, STR("\n")},
                    .sure = 7,
                    .tint = {(mask & 4) != 0, COLOR_RED},
                    .place = {(mask & 8) != 0, {1, 2}},
                    .last = {(mask & 16) != 0, STR("z")}};
        char expected[256];
        (void)snprintf(
            expected, sizeof expected, "{%s%s\"sure\":7%s%s%s}", mask & 1 ? "\"first\":-1," : "",
            mask & 2 ? "\"second\":\"\\n\"," : "", mask & 4 ? ",\"tint\":\"red\"" : "",
            mask & 8 ? ",\"place\":{\"x\":1,\"y\":2}" : "", mask & 16 ? ",\"last\":\"z\"" : "");
        forget();
        assert_encoded(sparse__encode_json, &s, expected);
        nested n;
        char whole[512];
        (void)snprintf(whole, sizeof whole,
                       "{\"origin\":{\"x\":0},\"path\":[],\"tags\":[],\"numbers\":[],\"tints\":[],"
                       "\"rest\":%s}",
                       expected);
        assert_int_equal(decode(whole, nested__decode_json, &n), WEFT_JSON_OK);
        assert_encoded(sparse__encode_json, &n.rest, expected);
    }
}

static void nothing_present_at_all(void **unused)
{
    (void)unused;
    forget();
    assert_encoded(hollow__encode_json, &(hollow){0}, "{}");
    assert_encoded(hollow__encode_json, &(hollow){.a = SOME(bool, false)}, "{\"a\":false}");
    assert_encoded(hollow__encode_json, &(hollow){.b = SOME(str, STR("x"))}, "{\"b\":\"x\"}");
    assert_encoded(hollow__encode_json, &(hollow){.a = SOME(bool, true), .b = SOME(str, STR(""))},
                   "{\"a\":true,\"b\":\"\"}");
    hollow h;
    assert_int_equal(decode("{\"a\":null,\"b\":null}", hollow__decode_json, &h), WEFT_JSON_OK);
    assert_false(h.a.present || h.b.present);
}

static void types_in_types(void **unused)
{
    (void)unused;
    static const char text[] =
        "{\"origin\":{\"x\":0,\"y\":-0},\"path\":[{\"x\":1,\"y\":2},{\"x\":3,\"y\":1.5}],"
        "\"tags\":[\"a\",\"\",\"\\u0001\"],\"numbers\":[1,-2,3,4,5,6,7,8,9],"
        "\"tints\":[\"green\",\"red\"],\"rest\":{\"sure\":1}}";
    nested n;
    assert_int_equal(decode(text, nested__decode_json, &n), WEFT_JSON_OK);
    assert_int_equal(n.numbers.len, 9);
    assert_int_equal(n.tints.at[0], COLOR_GREEN);
    assert_encoded(nested__encode_json, &n, text);

    assert_int_equal(
        decode("{\"origin\":{\"x\":0},\"path\":[{},{\"x\":1},{\"x\":1,\"y\":\"2\"},{\"x\":1}],"
               "\"tags\":{},\"numbers\":[1,2.5,true],\"tints\":[\"red\",\"pink\"],\"rest\":[]}",
               nested__decode_json, &n),
        WEFT_JSON_SHAPE);
    assert_int_equal(found.total, 8);
    assert_violation(0, "body", "/path/0/x", "required", "is required");
    assert_violation(1, "body", "/path/2/y", "type", "must be a number, not a string");
    assert_violation(2, "body", "/path", "length", "must have at most 3 items, not 4");
    assert_violation(3, "body", "/tags", "type", "must be an array, not an object");
    assert_violation(4, "body", "/numbers/1", "type",
                     "must be an integer, without fraction or exponent");
    assert_violation(5, "body", "/numbers/2", "type", "must be an integer, not a boolean");
    assert_violation(6, "body", "/tints/1", "enum",
                     "must be \"red\", \"green\" or \"deep \"blue\"\"");
    assert_violation(7, "body", "/rest", "type", "must be an object, not an array");
    assert_true(n.origin.y == 1.5); /* the default */
}

static void rules_and_defaults(void **unused)
{
    (void)unused;
    ruled r;
    assert_int_equal(decode("{\"name\":\"\xc3\xbc\",\"email\":\"a@b.example\",\"code\":\"AB1\"}",
                            ruled__decode_json, &r),
                     WEFT_JSON_OK);
    assert_int_equal(r.age, 30);
    assert_str(r.greeting, "hello");
    assert_int_equal(r.tint, COLOR_GREEN);
    assert_false(r.nick.present);

    assert_int_equal(decode("{\"name\":\"\",\"email\":\"nobody\",\"code\":\"AB1x\",\"age\":151,"
                            "\"big\":0,\"ratio\":1.5,"
                            "\"nick\":\"\xc3\xbc\",\"greeting\":\"\",\"tint\":\"Red\"}",
                            ruled__decode_json, &r),
                     WEFT_JSON_SHAPE);
    assert_int_equal(found.total, 9);
    assert_violation(0, "body", "/name", "length", "must be 1 to 80 characters long, not 0");
    assert_violation(1, "body", "/email", "email", "must be an e-mail address");
    assert_violation(2, "body", "/code", "pattern",
                     "must match the pattern [A-Z]{2}[0-9]+|\"\\\\\"");
    assert_violation(3, "body", "/age", "range", "must be from 0 to 150, not 151");
    assert_violation(4, "body", "/big", "range", "must be from 1 to 18446744073709551615, not 0");
    assert_violation(5, "body", "/ratio", "range", "must be from -0.5 to 1, not 1.5");
    assert_violation(6, "body", "/nick", "length", "must be 2 to 4 characters long, not 1");
    assert_violation(7, "body", "/greeting", "length", "must be at least 1 character long, not 0");
    assert_violation(8, "body", "/tint", "enum", "must be \"red\", \"green\" or \"deep \"blue\"\"");
}

static void the_first_example_of_the_papers(void **unused)
{
    (void)unused;
    ruled r;
    assert_int_equal(decode("{\"name\":1}", ruled__decode_json, &r), WEFT_JSON_SHAPE);
    assert_int_equal(found.total, 3);
    assert_violation(0, "body", "/name", "type", "must be a string, not a number");
    assert_violation(1, "body", "/email", "required", "is required");
    assert_violation(2, "body", "/code", "required", "is required");
}

/* An encoder that runs out of memory stops, whatever the moment. */
static void every_limit_of_memory(void **unused)
{
    (void)unused;
    static point path[100];
    nested n = {.path = {path, 100}, .rest = {.last = SOME(str, STR("z"))}};
    size_t failed = 0;
    for (size_t limit = 0; limit < 40000; limit += WEFT_ARENA_CHUNK_SIZE / 2) {
        weft_arena arena;
        weft_arena_init(&arena, limit + 1);
        for (size_t used = 0; used < WEFT_ARENA_CHUNK_SIZE; used += 97) {
            (void)weft_arena_alloc(&arena, used, 1);
            weft_buffer buffer;
            weft_buffer_init(&buffer, &arena);
            nested__encode_json(&buffer, &n);
            failed += buffer.failed;
            weft_arena_reset(&arena);
        }
    }
    assert_true(failed > 0);
}

/* ---- query strings ---- */

static void scalars_of_a_query(void **unused)
{
    (void)unused;
    scalars s;
    assert_true(decode_query(
        "flag=true&i8=-128&i16=-32768&i32=-2147483648&i64=-9223372036854775808&u8=255&u16=65535"
        "&u32=4294967295&u64=18446744073709551615&real=0.1&precise=-2.5e-300&x=y"
        "&a%2fb~c=q%22%C3%bc&tint=deep+%22blue%22",
        scalars__decode_query, &s));
    assert_int_equal(found.total, 0);
    assert_extreme(&s);
}

static void violations_of_a_query(void **unused)
{
    (void)unused;
    scalars s;
    assert_true(decode_query(
        "flag=yes&i8=128&i16=&i32=+1&i64=1.5&u8=-1&u16=x&real=1e39&precise=1e999&tint=pink&i8=1",
        scalars__decode_query, &s));
    assert_int_equal(found.total, 14);
    assert_violation(0, "query", "/flag", "type", "must be true or false");
    assert_violation(1, "query", "/i8", "range", "must be from -128 to 127");
    assert_violation(2, "query", "/i16", "type", "must be an integer");
    assert_violation(3, "query", "/i32", "type", "must be an integer");
    assert_violation(4, "query", "/i64", "type", "must be an integer");
    assert_violation(5, "query", "/u8", "range", "must be from 0 to 255");
    assert_violation(6, "query", "/u16", "type", "must be an integer");
    assert_violation(7, "query", "/real", "range", "must be a number that a float can hold");
    assert_violation(8, "query", "/precise", "type", "must be a number");
    assert_violation(9, "query", "/tint", "enum",
                     "must be \"red\", \"green\" or \"deep \"blue\"\"");
    assert_violation(10, "query", "/i8", "duplicate", "must be given only once");
    assert_violation(11, "query", "/u32", "required", "is required");
    assert_violation(13, "query", "/a~1b~0c", "required", "is required");
}

static void rules_of_a_query(void **unused)
{
    (void)unused;
    ruled r;
    assert_true(
        decode_query("name=x&email=a@b&code=AB1&nick=toolong&age=-1", ruled__decode_query, &r));
    assert_int_equal(found.total, 2);
    assert_violation(0, "query", "/nick", "length", "must be 2 to 4 characters long, not 7");
    assert_violation(1, "query", "/age", "range", "must be from 0 to 150, not -1");
    assert_str(r.greeting, "hello");
}

static void a_query_that_is_not_utf8(void **unused)
{
    (void)unused;
    scalars s;
    assert_false(decode_query("x=%FF", scalars__decode_query, &s));
    assert_false(decode_query("%C2=1&flag=true", scalars__decode_query, &s));
}

static void a_query_that_does_not_fit_into_memory(void **unused)
{
    (void)unused;
    static char text[8192] = "name=%41";
    memset(text + 8, 'x', sizeof text - 9);
    weft_arena small;
    weft_arena_init(&small, WEFT_ARENA_CHUNK_SIZE);
    ruled r;
    forget();
    assert_int_equal(ruled__decode_query(weft_str_from(text), &small, "query", &found, &r),
                     WEFT_URLENCODED_NO_MEMORY);
    weft_arena_reset(&small);
}

int main(void)
{
    weft_arena_init(&memory, 0);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_scalars),
        cmocka_unit_test(the_types_of_c),
        cmocka_unit_test(members_in_any_order_and_spelling),
        cmocka_unit_test(what_is_absent_is_omitted),
        cmocka_unit_test(nothing_present_at_all),
        cmocka_unit_test(types_in_types),
        cmocka_unit_test(rules_and_defaults),
        cmocka_unit_test(the_first_example_of_the_papers),
        cmocka_unit_test(every_limit_of_memory),
        cmocka_unit_test(scalars_of_a_query),
        cmocka_unit_test(a_query_that_does_not_fit_into_memory),
        cmocka_unit_test(violations_of_a_query),
        cmocka_unit_test(rules_of_a_query),
        cmocka_unit_test(a_query_that_is_not_utf8),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    weft_arena_reset(&memory);
    return failed;
}
