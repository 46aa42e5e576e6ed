/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * The codecs of accept/wire.c, run: values that travel as text, maps, changes, raw JSON, records
 * that lie flat, unions with a tag, strict records.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "wire.weft.h"

#include "codecs.h"

#include <stdio.h>

#define ID "01935a7f-6c1e-7b2a-8f00-0123456789ab"

static const char whole[] =
    "{\"id\":\"" ID "\",\"from\":\"2026-01-31T12:00:00.500Z\",\"until\":\"2026-02-28\","
    "\"price\":\"12.50\",\"thumbnail\":\"AP8=\",\"token\":\"-_8\","
    "\"shapes\":[{\"id\":\"" ID "\",\"kind\":\"circle\",\"radius\":1.5},"
    "{\"id\":\"" ID "\",\"kind\":\"text\",\"words\":\"hi\",\"size\":\"7\"},"
    "{\"id\":\"" ID "\",\"kind\":\"none\"}],"
    "\"grid\":[[1,2],[],[3]],\"named\":{\"a\":[1],\"\":[],\"c\\n\":[2,3]},\"counts\":{},"
    "\"holes\":[\"x\",null,\"\"],\"extra\":{\"any\":[1, {\"x\":null}]},"
    "\"more\":true,\"other\":[ 1 ]}";

static void everything_there_and_back(void **unused)
{
    (void)unused;
    event e;
    assert_int_equal(decode(whole, event__decode_json, &e), WEFT_JSON_OK);
    assert_int_equal(e.id.at[15], 0xab);
    assert_true(e.when.from.seconds == 1769860800 && e.when.from.nanoseconds == 500000000);
    assert_true(e.when.until.present && e.when.until.value__.month == 2);
    assert_str(e.price.text, "12.50");
    assert_memory_equal(e.thumbnail.at, "\x00\xff", 2);
    assert_memory_equal(e.token.value__.at, "\xfb\xff", 2);
    assert_int_equal(e.shapes.len, 3);
    assert_true(e.shapes.at[0].kind == SHAPE_CIRCLE && e.shapes.at[0].circle.radius == 1.5);
    assert_int_equal(e.shapes.at[1].kind, SHAPE_LABEL);
    assert_str(e.shapes.at[1].label.words, "hi");
    assert_int_equal(e.grid.at[2].at[0], 3);
    assert_int_equal(e.named.len, 3);
    assert_str(e.named.at[2].key, "c\n");
    assert_int_equal(e.named.at[2].value.len, 2);
    assert_false(e.holes.at[1].present);
    assert_true(e.holes.at[2].present);
    assert_str(e.extra.text, "{\"any\":[1, {\"x\":null}]}");
    assert_int_equal(e.rest.len, 2);
    assert_str(e.rest.at[1].key, "other");
    assert_str(e.rest.at[1].value.text, "[ 1 ]");
    assert_encoded(event__encode_json, &e, whole);
}

/* A tag may stand anywhere, its members before it. */
static void tags_in_any_place(void **unused)
{
    (void)unused;
    shape s;
    assert_int_equal(decode("{\"words\":\"a\\u0062\",\"size\":null,\"id\":\"" ID
                            "\",\"k\\u0069nd\":\"te\\u0078t\"}",
                            shape__decode_json, &s),
                     WEFT_JSON_OK);
    assert_int_equal(s.kind, SHAPE_LABEL);
    assert_str(s.label.words, "ab");
    assert_false(s.label.size.present);
}

static void tags_that_say_nothing(void **unused)
{
    (void)unused;
    static const struct {
        const char *text, *pointer, *code, *detail;
    } cases[] = {
        {"{\"radius\":1}", "/kind", "required", "is required"},
        {"{}", "/kind", "required", "is required"},
        {"{\"kind\":\"square\",\"radius\":true}", "/kind", "enum",
         "must be \"none\", \"circle\" or \"text\""},
        {"{\"kind\":1,\"radius\":true}", "/kind", "type", "must be a string, not a number"},
        {"[]", "", "type", "must be an object, not an array"},
        {"null", "", "type", "must be an object, not null"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        shape s;
        assert_int_equal(decode(cases[i].text, shape__decode_json, &s), WEFT_JSON_SHAPE);
        assert_int_equal(found.total, 1);
        assert_violation(0, "body", cases[i].pointer, cases[i].code, cases[i].detail);
    }
}

static void members_of_another_kind(void **unused)
{
    (void)unused;
    shape s;
    assert_int_equal(decode("{\"kind\":\"circle\",\"words\":\"x\",\"raduis\":1,\"radius\":101,"
                            "\"kind\":\"text\"}",
                            shape__decode_json, &s),
                     WEFT_JSON_SHAPE);
    assert_int_equal(found.total, 5);
    assert_violation(0, "body", "/words", "unknown", "is not known here");
    assert_violation(1, "body", "/raduis", "unknown",
                     "is not known here; did you mean \"radius\"?");
    assert_violation(2, "body", "/radius", "range", "must be from 0 to 100, not 101");
    assert_violation(3, "body", "/kind", "duplicate", "must be given only once");
    assert_violation(4, "body", "/id", "required", "is required");
}

static void faults_behind_a_tag(void **unused)
{
    (void)unused;
    shape s;
    for (size_t cut = 1; cut < strlen("{\"radius\":[1],\"kind\":\"none\"}"); cut++) {
        forget();
        assert_int_equal(weft_json_decode((weft_str){"{\"radius\":[1],\"kind\":\"none\"}", cut},
                                          &memory, shape__decode_json, &s, &found, &fault),
                         WEFT_JSON_SYNTAX);
        assert_int_equal(fault.offset, cut);
    }
    assert_int_equal(decode("{\"kind\":\"none\",\"id\":\"x\" 1}", shape__decode_json, &s),
                     WEFT_JSON_SYNTAX);
    assert_int_equal(fault.offset, 24);
}

static void everything_wrong_at_once(void **unused)
{
    (void)unused;
    event e;
    assert_int_equal(
        decode("{\"id\":\"" ID "x\",\"from\":\"yesterday\",\"until\":\"2026-02-29\","
               "\"price\":\"0.001\",\"thumbnail\":\"AP8\",\"token\":\"-_8=\","
               "\"shapes\":[{\"kind\":\"circle\",\"id\":1,\"radius\":-1},{\"kind\":\"\"}],"
               "\"grid\":[[1],[2],[true],[4]],\"named\":{\"a/b\":[1,\"2\"],\"c\":1},"
               "\"counts\":{\"x\":1,\"y\":2,\"x\":3},\"holes\":[1],\"price\":\"1\","
               "\"more\":1,\"more\":2}",
               event__decode_json, &e),
        WEFT_JSON_SHAPE);
    size_t i = 0;
    assert_violation(i++, "body", "/id", "uuid",
                     "must be a UUID: 32 hexadecimal digits in groups of 8-4-4-4-12");
    assert_violation(i++, "body", "/from", "timestamp",
                     "must be a date and time with its offset, such as 2026-01-31T12:00:00Z");
    assert_violation(i++, "body", "/until", "date",
                     "must be a day of the calendar, such as 2026-01-31");
    assert_violation(i++, "body", "/price", "range", "must be from 0.01 to 1000000, not 0.001");
    assert_violation(i++, "body", "/thumbnail", "base64",
                     "must be base64 with padding (RFC 4648 section 4)");
    assert_violation(i++, "body", "/token", "base64",
                     "must be base64url without padding (RFC 4648 section 5)");
    assert_violation(i++, "body", "/shapes/0/id", "type", "must be a string, not a number");
    assert_violation(i++, "body", "/shapes/0/radius", "range", "must be from 0 to 100, not -1");
    assert_violation(i++, "body", "/shapes/1/kind", "enum",
                     "must be \"none\", \"circle\" or \"text\"");
    assert_violation(i++, "body", "/grid/2/0", "type", "must be an integer, not a boolean");
    assert_violation(i++, "body", "/grid", "length", "must have 1 to 3 items, not 4");
    assert_violation(i++, "body", "/named/a~1b/1", "type", "must be an integer, not a string");
    assert_violation(i++, "body", "/named/c", "type", "must be an array, not a number");
    assert_violation(i++, "body", "/counts/x", "duplicate", "must be given only once");
    assert_violation(i++, "body", "/counts", "length", "must have at most 2 items, not 3");
    assert_violation(i++, "body", "/holes/0", "type", "must be a string, not a number");
    assert_violation(i++, "body", "/price", "duplicate", "must be given only once");
    assert_violation(i++, "body", "/more", "duplicate", "must be given only once");
    assert_violation(i++, "body", "/extra", "required", "is required");
    assert_int_equal(found.total, i);
}

static void absent_null_or_a_value(void **unused)
{
    (void)unused;
    static const struct {
        const char *text;
        bool given, present;
    } cases[] = {
        {"{}", false, false}, {"{\"title\":null}", true, false}, {"{\"title\":\"x\"}", true, true}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        event_patch patch;
        assert_int_equal(decode(cases[i].text, event_patch__decode_json, &patch), WEFT_JSON_OK);
        assert_int_equal(patch.title.given, cases[i].given);
        assert_int_equal(patch.title.to.present, cases[i].present);
        assert_false(patch.at.given || patch.count.given);
        assert_encoded(event_patch__encode_json, &patch, cases[i].text);
    }
    event_patch patch;
    assert_int_equal(decode("{\"title\":\"\",\"at\":null,\"count\":6,\"Count\":1}",
                            event_patch__decode_json, &patch),
                     WEFT_JSON_SHAPE);
    assert_int_equal(found.total, 3);
    assert_violation(0, "body", "/title", "length", "must be 1 to 10 characters long, not 0");
    assert_violation(1, "body", "/count", "range", "must be from 0 to 5, not 6");
    assert_violation(2, "body", "/Count", "unknown", "is not known here; did you mean \"count\"?");
    patch = (event_patch){.at = {true, {true, {0, 0}}}, .count = {true, {false, 0}}};
    assert_encoded(event_patch__encode_json, &patch,
                   "{\"at\":\"1970-01-01T00:00:00Z\",\"count\":null}");
}

/* What has no text is null; a decimal that was never set is 0. */
static void values_without_a_text(void **unused)
{
    (void)unused;
    forget();
    event e = {.when = {.from = {INT64_MAX, 0}, .until = SOME(date, (date){0})},
               .shapes = {(shape[]){{.kind = (shape_kind)9}}, 1}};
    assert_encoded(event__encode_json, &e,
                   "{\"id\":\"00000000-0000-0000-0000-000000000000\",\"from\":null,\"until\":null,"
                   "\"price\":\"0\",\"thumbnail\":\"\",\"shapes\":[null],\"grid\":[],\"named\":{},"
                   "\"counts\":{},\"holes\":[],\"extra\":null}");
}

/* 100,000 names, each twice: found by sorting. */
static void a_flood_of_names(void **unused)
{
    (void)unused;
    enum { NAMES = 100000 };
    weft_arena own;
    weft_arena_init(&own, 0);
    weft_buffer text;
    weft_buffer_init(&text, &own);
    for (int i = 0; i < 2 * NAMES; i++)
        weft_buffer_printf(&text, "%c\"%d\":1", i == 0 ? '{' : ',', i % NAMES);
    weft_buffer_append(&text, "}", 1);
    assert_false(text.failed);
    forget();
    weft_map_int32_t map;
    assert_int_equal(weft_json_decode(weft_buffer_str(&text), &memory,
                                      weft_map_int32_t__decode_json, &map, &found, &fault),
                     WEFT_JSON_SHAPE);
    assert_int_equal(map.len, 2 * NAMES);
    assert_int_equal(found.total, NAMES);
    weft_arena_reset(&own);
}

static void the_same_in_a_query(void **unused)
{
    (void)unused;
    search s;
    assert_true(decode_query("from=2026-01-31T12:00:00%2B01:00&until=2026-02-28&owner=" ID
                             "&least=0.50",
                             search__decode_query, &s));
    assert_int_equal(found.total, 0);
    assert_true(s.when.from.seconds == 1769857200);
    assert_str(s.least.value__.text, "0.50");
    assert_true(decode_query("from=x&until=2026-02-30&owner=&least=11&form=1&a%2fb=2&until=2",
                             search__decode_query, &s));
    assert_int_equal(found.total, 7);
    assert_violation(0, "query", "/from", "timestamp",
                     "must be a date and time with its offset, such as 2026-01-31T12:00:00Z");
    assert_violation(3, "query", "/least", "range", "must be from 0 to 10, not 11");
    assert_violation(4, "query", "/form", "unknown", "is not known here; did you mean \"from\"?");
    assert_violation(5, "query", "/a~1b", "unknown", "is not known here");
    assert_violation(6, "query", "/until", "duplicate", "must be given only once");
}

/* A name that is repeated is an array, one that is absent an empty one. */
static void names_that_repeat(void **unused)
{
    (void)unused;
    search s;
    assert_true(decode_query("kinds=text&from=2026-01-31T12:00:00Z&kinds=none&kinds=circle&"
                             "kinds=circle&kinds=text",
                             search__decode_query, &s));
    assert_int_equal(found.total, 0);
    assert_int_equal(s.kinds.len, 5);
    assert_int_equal(s.kinds.at[0], SHAPE_LABEL);
    assert_int_equal(s.kinds.at[4], SHAPE_LABEL);
    assert_true(decode_query("from=2026-01-31T12:00:00Z", search__decode_query, &s));
    assert_int_equal(found.total, 0);
    assert_int_equal(s.kinds.len, 0);
    assert_true(decode_query("kinds=&kinds=none&kinds=none&kinds=none&kinds=none&kinds=none",
                             search__decode_query, &s));
    assert_int_equal(found.total, 3);
    assert_violation(0, "query", "/kinds", "enum", "must be \"none\", \"circle\" or \"text\"");
    assert_violation(1, "query", "/kinds", "length", "must have at most 5 items, not 6");
    assert_violation(2, "query", "/from", "required", "is required");
    weft_arena small;
    weft_arena_init(&small, 1);
    assert_int_equal(search__decode_query(WEFT_STR("kinds=none"), &small, "query", &found, &s),
                     WEFT_URLENCODED_NO_MEMORY);
    weft_arena_reset(&small);
}

/* Encoders and decoders that run out of memory stop, whatever the moment. */
static void every_limit_of_memory(void **unused)
{
    (void)unused;
    event e, again;
    assert_int_equal(decode(whole, event__decode_json, &e), WEFT_JSON_OK);
    size_t failed = 0;
    for (size_t used = 0; used < WEFT_ARENA_CHUNK_SIZE; used += 7) {
        weft_arena arena;
        weft_arena_init(&arena, WEFT_ARENA_CHUNK_SIZE);
        (void)weft_arena_alloc(&arena, used, 1);
        weft_buffer buffer;
        weft_buffer_init(&buffer, &arena);
        event__encode_json(&buffer, &e);
        failed += buffer.failed;
        weft_arena_reset(&arena);
        (void)weft_arena_alloc(&arena, used, 1);
        weft_violations none = {.arena = &arena};
        failed += weft_json_decode(weft_str_from(whole), &arena, event__decode_json, &again, &none,
                                   &fault) == WEFT_JSON_NO_MEMORY;
        weft_arena_reset(&arena);
    }
    assert_true(failed > 0);
}

int main(void)
{
    weft_arena_init(&memory, 0);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(everything_there_and_back), cmocka_unit_test(tags_in_any_place),
        cmocka_unit_test(tags_that_say_nothing),     cmocka_unit_test(members_of_another_kind),
        cmocka_unit_test(faults_behind_a_tag),       cmocka_unit_test(everything_wrong_at_once),
        cmocka_unit_test(absent_null_or_a_value),    cmocka_unit_test(values_without_a_text),
        cmocka_unit_test(a_flood_of_names),          cmocka_unit_test(the_same_in_a_query),
        cmocka_unit_test(names_that_repeat),         cmocka_unit_test(every_limit_of_memory),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    weft_arena_reset(&memory);
    return failed;
}
