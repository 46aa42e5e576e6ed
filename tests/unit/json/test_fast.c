/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * The fast ways through the reader against the plain ones: keys that are predicted, short numbers,
 * strings found by blocks. Each must come to what the plain one comes to, over many random texts,
 * good and bad.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/decimal.h"
#include "sample.h"
#include <stdio.h>

static uint64_t state = 88172645463325252;

static unsigned below(unsigned limit)
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return (unsigned)(state >> 32) % limit;
}

typedef struct outcome {
    weft_arena arena;
    sample value;
    weft_violations violations;
    weft_json_fault fault;
    weft_json_verdict verdict;
} outcome;

static void decode(outcome *o, weft_str text, bool with_prediction)
{
    *o = (outcome){.verdict = WEFT_JSON_OK};
    weft_arena_init(&o->arena, 0);
    o->violations.arena = &o->arena;
    predicts = with_prediction;
    o->verdict = weft_json_decode(text, &o->arena, sample__decode_json, &o->value, &o->violations,
                                  &o->fault);
    predicts = true;
}

static bool same_violations(const weft_violations *a, const weft_violations *b)
{
    bool same = a->total == b->total && a->len == b->len;
    for (size_t i = 0; same && i < a->len; i++)
        same = weft_str_equal(a->at[i].pointer, b->at[i].pointer) &&
               strcmp(a->at[i].code, b->at[i].code) == 0 &&
               weft_str_equal(a->at[i].detail, b->at[i].detail);
    return same;
}

static bool same_double(double a, double b)
{
    return memcmp(&a, &b, sizeof a) == 0;
}

static bool same_items(const sample *a, const sample *b)
{
    bool same = a->items.len == b->items.len;
    for (size_t i = 0; same && i < a->items.len; i++)
        same = weft_str_equal(a->items.at[i].label, b->items.at[i].label) &&
               same_double(a->items.at[i].weight, b->items.at[i].weight);
    return same;
}

static bool same_values(const sample *a, const sample *b)
{
    return a->id == b->id && weft_str_equal(a->name, b->name) && a->active == b->active &&
           a->score.present == b->score.present &&
           (!a->score.present || same_double(a->score.value__, b->score.value__)) &&
           same_items(a, b) && a->big == b->big && same_double(a->ratio, b->ratio);
}

static void assert_same(weft_str text)
{
    outcome fast, plain;
    decode(&fast, text, true);
    decode(&plain, text, false);
    bool same = fast.verdict == plain.verdict;
    if (same && fast.verdict == WEFT_JSON_SYNTAX)
        same = fast.fault.offset == plain.fault.offset &&
               strcmp(fast.fault.reason, plain.fault.reason) == 0;
    same = same && same_violations(&fast.violations, &plain.violations) &&
           same_values(&fast.value, &plain.value);
    if (!same)
        fail_msg("predicted or not makes a difference: %.*s", WEFT_STR_ARGS(text));
    weft_arena_reset(&fast.arena);
    weft_arena_reset(&plain.arena);
}

/* ---- random texts ------------------------------------------------------------------------- */

typedef struct writing {
    char at[2048];
    size_t len;
    bool spaced;
} writing;

static void put(writing *to, const char *text)
{
    size_t len = strlen(text);
    if (len > sizeof to->at - to->len)
        return;
    memcpy(to->at + to->len, text, len);
    to->len += len;
}

static void put_one_of(writing *to, const char *const *texts, unsigned count)
{
    static const char *const spaces[] = {"", " ", "\n  ", "\t", "\r\n"};
    put(to, to->spaced ? spaces[below(5)] : "");
    put(to, texts[below(count)]);
    put(to, to->spaced ? spaces[below(5)] : "");
}

#define ONE_OF(to, ...)                                \
    put_one_of(to, (const char *const[]){__VA_ARGS__}, \
               sizeof((const char *const[]){__VA_ARGS__}) / sizeof(char *))

static void put_value(writing *to, unsigned member)
{
    switch (below(8) == 0 ? below(7) : member) { /* sometimes another member's */
    case 0: ONE_OF(to, "0", "-7", "2147483647", "2147483648", "1.0", "-0", "01"); break;
    case 1:
        ONE_OF(to, "\"\"", "\"Ann\"", "\"J\\u00f6rg\"", "\"a longer name, over 16\"", "null");
        break;
    case 2: ONE_OF(to, "true", "false", "tru", "null"); break;
    case 3: ONE_OF(to, "null", "1.5", "-0.0", "1e3", "1e999", "123456789012345678", "1."); break;
    case 4:
        ONE_OF(to, "[]", "[{\"label\":\"x\",\"weight\":1},{\"weight\":2, \"label\":3}]", "{}");
        break;
    case 5: ONE_OF(to, "18446744073709551615", "18446744073709551616", "-1", "7"); break;
    default: ONE_OF(to, "0.1", "16777217", "3.5e38", "\"1\""); break;
    }
}

static void put_member(writing *to, unsigned member)
{
    static const char *const keys[] = {"\"id\"",    "\"name\"",  "\"active\"",
                                       "\"score\"", "\"a/b~c\"", "\"big\"",
                                       "\"ratio\"", "\"other\"", "\"nam\\u0065\""};
    put_one_of(to, &keys[member], 1);
    put_one_of(to, (const char *const[]){":"}, 1);
    put_value(to, member < 7 ? member : below(7));
}

/* Members mostly in the order of the declaration, some left out, some again, some unknown. */
static void write_document(writing *to)
{
    *to = (writing){.spaced = below(3) == 0};
    put(to, "{");
    bool first = true;
    for (unsigned i = 0; i < 7; i++) {
        unsigned member = below(8) == 0 ? below(9) : i;
        if (below(10) == 0)
            continue;
        if (!first)
            put_one_of(to, (const char *const[]){","}, 1);
        first = false;
        put_member(to, member);
    }
    put(to, "}");
}

static void damage(writing *text)
{
    static const char bytes[] = "\",:{}[]0e.- \\\x01\xc3t";
    if (below(2) == 0)
        text->len = below((unsigned)text->len + 1);
    else
        text->at[below((unsigned)text->len)] = bytes[below(sizeof bytes - 1)];
}

static void prediction_changes_nothing(void **unused)
{
    (void)unused;
    writing text;
    for (int i = 0; i < 100000; i++) {
        write_document(&text);
        if (below(3) == 0)
            damage(&text);
        assert_same((weft_str){text.at, text.len});
    }
}

/* ---- numbers -------------------------------------------------------------------------------- */

/* The readers of numbers against what takes any number apart. */
static void assert_same_number(const char *number)
{
    char text[256];
    const char *fault, *end = number + strlen(number);
    weft__decimal any;
    bool whole = weft__decimal_scan(number, end, &any, &fault) == end;
    (void)snprintf(text, sizeof text, "{\"id\":%s,\"score\": %s,\"ratio\":%s,\"big\":%s}", number,
                   number, number, number);
    outcome o;
    decode(&o, weft_str_from(text), true);
    if ((o.verdict != WEFT_JSON_SYNTAX) != whole)
        fail_msg("whether %s is a number is seen in two ways", number);
    if (whole) {
        int64_t id;
        uint64_t big;
        double score = weft__decimal_value(&any);
        bool no_id = !weft__decimal_i64(&any, &id) || id != (int32_t)id;
        bool no_big = !weft__decimal_u64(&any, &big);
        assert_true(same_double(o.value.score.value__, score));
        assert_true(o.value.ratio == (float)score);
        assert_true(o.value.id == (no_id ? 0 : id));
        assert_true(o.value.big == (no_big ? 0 : big));
        assert_int_equal(o.violations.total, 2 + no_id + no_big); /* no name, not active */
    }
    weft_arena_reset(&o.arena);
}

static void short_numbers_are_numbers(void **unused)
{
    (void)unused;
    static const char *const edges[] = {"0",
                                        "-0",
                                        "-",
                                        "00",
                                        "-01",
                                        "1.",
                                        ".5",
                                        "1.e1",
                                        "0.0",
                                        "-0.0",
                                        "0e0",
                                        "0E",
                                        "9007199254740992",
                                        "9007199254740993",
                                        "9007199254740993.0",
                                        "0.9007199254740993",
                                        "999999999999999999",
                                        "-999999999999999999",
                                        "1000000000000000000",
                                        "9223372036854775807",
                                        "9223372036854775808",
                                        "18446744073709551615",
                                        "0.000000000000000001",
                                        "0.0000000000000000001",
                                        "1.5e0",
                                        "1+1",
                                        "2147483647",
                                        "2147483648",
                                        "-2147483648",
                                        "-2147483649",
                                        "-9223372036854775808",
                                        "-9223372036854775809",
                                        "12345678",
                                        "1.12345678901234567"};
    for (size_t i = 0; i < sizeof edges / sizeof *edges; i++)
        assert_same_number(edges[i]);
    for (int i = 0; i < 50000; i++) {
        char number[32];
        size_t len = 0, digits = 1 + below(21);
        if (below(4) == 0)
            number[len++] = '-';
        size_t point = below(2) == 0 ? len + 1 + below((unsigned)digits) : SIZE_MAX;
        for (size_t j = 0; j < digits; j++) {
            number[len++] = (char)('0' + below(below(3) == 0 ? 2 : 10));
            if (len == point)
                number[len++] = '.';
        }
        number[len] = 0;
        assert_same_number(number);
    }
}

/* ---- strings -------------------------------------------------------------------------------- */

/* The string at the start of `text`, byte by byte: its end, or NULL when it is not all plain. */
static const char *plain_string(const char *text)
{
    const char *at = text + 1;
    while ((unsigned char)*at >= ' ' && (unsigned char)*at < 0x80 && *at != '"' && *at != '\\')
        at++;
    return *at == '"' ? at : NULL;
}

/* Every byte at every place of strings of every short length, at each distance from the end. */
static void strings_end_where_they_end(void **unused)
{
    (void)unused;
    static const char after[] = ",\"active\":true,\"id\":1}";
    for (size_t len = 0; len < 40; len++) {
        for (unsigned byte = 0; byte < 256 * (unsigned)(len + 1); byte++) {
            char text[128], document[256];
            size_t at = byte / 256;
            memset(text, 'x', sizeof text);
            text[0] = text[len + 1] = '"';
            if (at < len)
                text[at + 1] = (char)byte;
            int size = snprintf(document, sizeof document, "{\"name\":%.*s%s", (int)len + 2, text,
                                byte % 2 == 0 ? after : "}");
            outcome o;
            decode(&o, (weft_str){document, (size_t)size}, true);
            const char *end = plain_string(text);
            if (end != NULL && end == text + len + 1)
                assert_true(weft_str_equal(o.value.name, (weft_str){text + 1, len}));
            else if (end == NULL && (char)byte != '\\')
                assert_int_equal(o.verdict, WEFT_JSON_SYNTAX);
            weft_arena_reset(&o.arena);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(prediction_changes_nothing),
        cmocka_unit_test(short_numbers_are_numbers),
        cmocka_unit_test(strings_end_where_they_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
