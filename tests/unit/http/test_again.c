/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * tests/unit/http/test_again.c: heads whose fields are those of the head before, byte for byte: they
 * are taken over instead of being parsed, and nobody can tell.
 */
#include "http/h1/h1.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#define BYTES(literal)                  \
    {                                   \
        "" literal, sizeof(literal) - 1 \
    }
#define H "Host: a\r\n"

/* Parses `first` and, right behind it, `second`, and says whether the fields of the latter were
 * taken over. Whatever they are, the outcome is that of parsing the second alone. */
static bool taken_over(weft_str first, weft_str second, const weft__h1_limits *limits)
{
    weft_arena arena;
    weft_request request, alone;
    weft__h1_kept kept = {0};
    weft__h1_fault fault, fault_alone;
    size_t used, used_alone;
    char bytes[2048];
    assert_true(first.len + second.len <= sizeof bytes);
    memcpy(bytes, first.at, first.len);
    memcpy(bytes + first.len, second.at, second.len);
    weft_arena_init(&arena, 0);
    weft__request_init(&request, &arena);
    request.kept = &kept;
    assert_int_equal(weft__h1_parse(bytes, first.len, limits, &request, &used, &fault),
                     WEFT__H1_DONE);
    weft__request_init(&request, &arena);
    request.kept = &kept;
    weft__request_init(&alone, &arena);
    weft__h1_outcome outcome = weft__h1_parse(bytes + first.len, second.len, limits, &request,
                                              &used, &fault);
    assert_int_equal(outcome, weft__h1_parse(bytes + first.len, second.len, limits, &alone,
                                             &used_alone, &fault_alone));
    if (outcome == WEFT__H1_BAD)
        assert_string_equal(fault.reason, fault_alone.reason);
    bool taken = outcome == WEFT__H1_DONE && request.field_count != 0 &&
                 request.fields[0].name.at < bytes + first.len;
    if (outcome == WEFT__H1_DONE) {
        assert_int_equal(used, used_alone);
        assert_int_equal(request.framing, alone.framing);
        assert_int_equal(request.content_length, alone.content_length);
        assert_int_equal(request.keep_alive, alone.keep_alive);
        assert_int_equal(request.expects_continue, alone.expects_continue);
        assert_true(weft_str_equal(request.host, alone.host));
        assert_int_equal(request.field_count, alone.field_count);
        for (size_t i = 0; i < alone.field_count; i++) {
            assert_true(weft_str_equal(request.fields[i].name, alone.fields[i].name));
            assert_true(weft_str_equal(request.fields[i].value, alone.fields[i].value));
        }
    }
    weft_arena_reset(&arena);
    return taken;
}

#define ONE(version, fields) "GET /1 HTTP/1." version "\r\n" fields "\r\n"
#define TWO(version, fields) "POST /two HTTP/1." version "\r\n" fields "\r\n"

static void run_fields_again(void **state)
{
    (void)state;
    static const struct {
        weft_str first, second;
        bool taken;
    } cases[] = {
        {BYTES(ONE("1", H)), BYTES(TWO("1", H)), true},
        {BYTES(ONE("1", H "A: b\r\nC:\r\n")), BYTES(TWO("1", H "A: b\r\nC:\r\n")), true},
        {BYTES(ONE("1", H)), BYTES(TWO("1", H) "GET"), true},
        {BYTES(ONE("1", H "A: b\r\n")), BYTES("GET http://c/ HTTP/1.1\r\n" H "A: b\r\n\r\n"), true},
        {BYTES(ONE("1", H "Connection: close\r\n")), BYTES(TWO("1", H "Connection: close\r\n")),
         true},
        {BYTES(TWO("1", H "Content-Length: 5\r\nExpect: 100-continue\r\n")),
         BYTES(TWO("1", H "Content-Length: 5\r\nExpect: 100-continue\r\n")), true},
        {BYTES(TWO("1", H "Transfer-Encoding: chunked\r\n")),
         BYTES(TWO("1", H "Transfer-Encoding: chunked\r\n")), true},
        /* another version, by which fields may be refused that were not */
        {BYTES(ONE("1", H)), BYTES(TWO("0", H)), false},
        {BYTES(TWO("1", H "Transfer-Encoding: chunked\r\n")),
         BYTES(TWO("0", H "Transfer-Encoding: chunked\r\n")), false},
        {BYTES(ONE("0", "A: b\r\n")), BYTES(ONE("1", "A: b\r\n")), false},
        /* not the same */
        {BYTES(ONE("1", H "A: b\r\n")), BYTES(ONE("1", H "A: c\r\n")), false},
        {BYTES(ONE("1", H "A: b\r\n")), BYTES(ONE("1", H "a: b\r\n")), false},
        {BYTES(ONE("1", H)), BYTES(ONE("1", H "A: b\r\n")), false},
        {BYTES(ONE("1", H "A: b\r\n")), BYTES(ONE("1", H)), false},
        {BYTES(ONE("1", H)), BYTES(ONE("1", "Host: b\r\n")), false},
        {BYTES(ONE("1", H)), BYTES(ONE("1", "Host: \"\r\n")), false},
        {BYTES(ONE("1", H)), BYTES(ONE("1", "")), false},
        {BYTES(ONE("0", "")), BYTES(ONE("0", H)), false},
        /* not all of it */
        {BYTES(ONE("1", H)), BYTES("GET / HTTP/1.1\r\n" H "\r"), false},
        {BYTES(ONE("1", H)), BYTES("GET / HTTP/1.1\r\nHo"), false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_true(taken_over(cases[i].first, cases[i].second, &(weft__h1_limits){0}) ==
                    cases[i].taken);
}

/* The limit of a head holds for one whose fields need no parsing. */
static void run_fields_again_limit(void **state)
{
    (void)state;
    const weft_str first = WEFT_STR("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    const weft_str longer = WEFT_STR("GET /a HTTP/1.1\r\nHost: a\r\n\r\n");
    const weft__h1_limits tight = {.head = (uint32_t)first.len};
    const weft__h1_limits wide = {.head = (uint32_t)longer.len};
    assert_true(taken_over(first, first, &tight));
    assert_false(taken_over(first, longer, &tight));
    assert_true(taken_over(first, longer, &wide));
}

/* What stands in the arena is gone when the next head comes. */
static void run_many_fields_again(void **state)
{
    (void)state;
    char head[1024];
    for (int count = WEFT__FIELDS_INSIDE; count <= WEFT__FIELDS_INSIDE + 1; count++) {
        size_t len = (size_t)sprintf(head, "GET / HTTP/1.1\r\n" H);
        for (int i = 1; i < count; i++)
            len += (size_t)sprintf(head + len, "A: b\r\n");
        len += (size_t)sprintf(head + len, "\r\n");
        bool inside = count == WEFT__FIELDS_INSIDE;
        assert_true(taken_over((weft_str){head, len}, (weft_str){head, len},
                               &(weft__h1_limits){0}) == inside);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(run_fields_again),
        cmocka_unit_test(run_fields_again_limit),
        cmocka_unit_test(run_many_fields_again),
    };
    return cmocka_run_group_tests_name("fields again", tests, NULL, NULL);
}
