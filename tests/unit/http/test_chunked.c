/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * tests/unit/http/test_chunked.c: chunked bodies, rule by rule and limit by limit.
 */
#include "http/h1/h1.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

typedef struct result {
    weft__h1_outcome outcome;
    weft__h1_fault fault;
    size_t used;
    size_t len;
    char data[4096];
} result;

/* Feeds in pieces: the first of `first` bytes, the others of `step`. */
static result decode(weft_str bytes, size_t first, size_t step)
{
    result r = {.outcome = WEFT__H1_PARTIAL};
    weft__h1_chunked chunked = {0};
    size_t end = first;
    while (r.outcome == WEFT__H1_PARTIAL) {
        size_t used = 0, piece = end - r.used;
        char *exact = malloc(piece + 1);
        memcpy(exact, bytes.at + r.used, piece);
        weft_str data;
        r.outcome = weft__h1_chunked_take(&chunked, exact, piece, &used, &data, &r.fault);
        if (data.len != 0)
            memcpy(r.data + r.len, data.at, data.len);
        r.len += data.len;
        r.used += used;
        free(exact);
        if (r.used < end)
            continue;
        if (end == bytes.len)
            break;
        end = bytes.len - end < step ? bytes.len : end + step;
    }
    return r;
}

static result decode_all_ways(weft_str bytes)
{
    result whole = decode(bytes, bytes.len, 1);
    for (size_t first = 0; first < bytes.len; first++) {
        result cut = decode(bytes, first, first ? bytes.len : 1);
        assert_int_equal(cut.outcome, whole.outcome);
        assert_int_equal(cut.used, whole.used);
        assert_int_equal(cut.len, whole.len);
        assert_memory_equal(cut.data, whole.data, whole.len);
        assert_ptr_equal(cut.fault.reason, whole.fault.reason);
    }
    return whole;
}

#define BYTES(literal)                  \
    {                                   \
        "" literal, sizeof(literal) - 1 \
    }

static void run_good(void **state)
{
    (void)state;
    static const struct {
        weft_str bytes, data;
    } cases[] = {
        {BYTES("0\r\n\r\n"), BYTES("")},
        {BYTES("0000000000000000\r\n\r\n"), BYTES("")},
        {BYTES("5\r\nhello\r\n0\r\n\r\n"), BYTES("hello")},
        {BYTES("A\r\n0123456789\r\na\r\n\r\n\r\n\r\n\0\n\r\n\r\n000\r\n\r\n"),
         BYTES("0123456789\r\n\r\n\r\n\0\n\r\n")},
        {BYTES("1;a\r\nx\r\n0;b=c\r\n\r\n"), BYTES("x")},
        {BYTES("1; a;\tb=c;d=\"e;\\\"f\"\r\nx\r\n0\r\n\r\n"), BYTES("x")},
        {BYTES("1;a=\"\"\r\nx\r\n0\r\n\r\n"), BYTES("x")},
        {BYTES("0\r\nVary: *\r\nX-Sum:\tabc \xff\r\nE:\r\n\r\n"), BYTES("")},
        {BYTES("0\r\nContent-Length-Of-The-Whole-Thing: 5\r\nHos: a\r\nHosts: b\r\n\r\n"),
         BYTES("")},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        result r = decode_all_ways(cases[i].bytes);
        if (r.outcome != WEFT__H1_DONE)
            fail_msg("%.*s: %s", WEFT_STR_ARGS(cases[i].bytes), r.fault.reason);
        assert_int_equal(r.used, cases[i].bytes.len);
        assert_int_equal(r.len, cases[i].data.len);
        assert_memory_equal(r.data, cases[i].data.at, r.len);
    }
}

/* Nothing after the end is touched. */
static void run_stops_at_the_end(void **state)
{
    (void)state;
    result r = decode(WEFT_STR("1\r\nx\r\n0\r\n\r\nGET"), 14, 1);
    assert_int_equal(r.outcome, WEFT__H1_DONE);
    assert_int_equal(r.used, 11);
}

static void run_bad(void **state)
{
    (void)state;
    static const weft_str cases[] = {
        BYTES("\r\n"),
        BYTES(" 5\r\n"),
        BYTES("5 \r\n"),
        BYTES("5 ;a\r\n"),
        BYTES("0x5\r\n"),
        BYTES("+5\r\n"),
        BYTES("-5\r\n"),
        BYTES("5_0\r\n"),
        BYTES("g\r\n"),
        BYTES(";a\r\n"),
        BYTES("5\n"),
        BYTES("5\r\r"),
        BYTES("5\rh"),
        BYTES("11111111111111111\r\n"),
        BYTES("00000000000000005\r\n"),
        BYTES("1\r\nxy"),
        BYTES("1\r\nx\n"),
        BYTES("1\r\nx\rx"),
        BYTES("1\r\nx1\r\n"),
        BYTES("1\r\nx\r\n\r\n"),
        /* extensions */
        BYTES("1;\r\n"),
        BYTES("1;;\r\n"),
        BYTES("1;a;\r\n"),
        BYTES("1;a=\r\n"),
        BYTES("1;=a\r\n"),
        BYTES("1;a \r\n"),
        BYTES("1;a =b\r\n"),
        BYTES("1;a= b\r\n"),
        BYTES("1;a=b=c\r\n"),
        BYTES("1;a\n"),
        BYTES("1;a\rb"),
        BYTES("1;a=\"b\r\n"),
        BYTES("1;a=\"b\"c\r\n"),
        BYTES("1;a=\"\\\r\n"),
        BYTES("1;a=\"\0\"\r\n"),
        BYTES("1;\"a\"\r\n"),
        BYTES("1;a=b\"c\"\r\n"),
        BYTES("1;a=\x7f\r\n"),
        /* trailers */
        BYTES("0\r\n\n"),
        BYTES("0\r\n\rX"),
        BYTES("0\r\n a: b\r\n"),
        BYTES("0\r\n: b\r\n"),
        BYTES("0\r\na : b\r\n"),
        BYTES("0\r\nab\r\n"),
        BYTES("0\r\na: b\n"),
        BYTES("0\r\na: b\rc"),
        BYTES("0\r\na: \0\r\n"),
        BYTES("0\r\nContent-Length: 5\r\n"),
        BYTES("0\r\ntransfer-encoding: x\r\n"),
        BYTES("0\r\nHOST: a\r\n"),
        BYTES("0\r\nAuthorization: a\r\n"),
        BYTES("0\r\nX: y\r\nCookie: a\r\n"),
        BYTES("0\r\nContent-Type: a\r\n"),
        BYTES("0\r\nProxy-Authorization: a\r\n"),
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        result r = decode_all_ways(cases[i]);
        if (r.outcome != WEFT__H1_BAD || r.fault.status != WEFT_HTTP_BAD_REQUEST)
            fail_msg("not refused: %.*s", WEFT_STR_ARGS(cases[i]));
    }
}

/* ---- limits --------------------------------------------------------------------------------- */

static weft__h1_outcome take(weft__h1_chunked *chunked, weft_str bytes, weft__h1_fault *fault)
{
    weft__h1_outcome outcome = WEFT__H1_PARTIAL;
    for (size_t at = 0; at < bytes.len && outcome == WEFT__H1_PARTIAL;) {
        size_t used;
        weft_str data;
        outcome = weft__h1_chunked_take(chunked, bytes.at + at, bytes.len - at, &used, &data,
                                        fault);
        at += used;
    }
    return outcome;
}

static void run_largest_size(void **state)
{
    (void)state;
    weft__h1_chunked chunked = {0};
    weft__h1_fault fault;
    assert_int_equal(take(&chunked, WEFT_STR("ffffffffffffffff\r\nx"), &fault), WEFT__H1_PARTIAL);
    assert_int_equal(chunked.left, UINT64_MAX - 1);
    /* data so far and a new chunk must not overflow together */
    chunked = (weft__h1_chunked){0};
    assert_int_equal(take(&chunked, WEFT_STR("1\r\nx\r\nffffffffffffffff\r\n"), &fault),
                     WEFT__H1_BAD);
}

static weft__h1_outcome extension_of(size_t len)
{
    weft__h1_chunked chunked = {0};
    weft__h1_fault fault;
    char text[WEFT__H1_CHUNK_EXTENSION_MAX + 16] = "1;";
    memset(text + 2, 'a', len);
    memcpy(text + 2 + len, "\r\n", 2);
    return take(&chunked, (weft_str){text, len + 4}, &fault);
}

static void run_extension_limit(void **state)
{
    (void)state;
    assert_int_equal(extension_of(WEFT__H1_CHUNK_EXTENSION_MAX - 1), WEFT__H1_PARTIAL);
    assert_int_equal(extension_of(WEFT__H1_CHUNK_EXTENSION_MAX), WEFT__H1_BAD);
}

/* Sends chunks of `size` bytes until refused or `count` are through; returns how many. */
static size_t chunks_taken(size_t size, size_t count)
{
    weft__h1_chunked chunked = {0};
    weft__h1_fault fault;
    char text[64];
    int len = snprintf(text, sizeof text, "%zx\r\n%.*s\r\n", size, (int)size,
                       "................................");
    for (size_t i = 0; i < count; i++)
        if (take(&chunked, (weft_str){text, (size_t)len}, &fault) == WEFT__H1_BAD)
            return i;
    return count;
}

static void run_overhead_limit(void **state)
{
    (void)state;
    assert_int_equal(chunks_taken(WEFT__H1_CHUNK_FAIR, 100000), 100000);
    size_t tiny = chunks_taken(1, 100000); /* 5 bytes of overhead each */
    assert_in_range(tiny, WEFT__H1_CHUNK_OVERHEAD_MAX / 5, WEFT__H1_CHUNK_OVERHEAD_MAX / 4);
}

static void run_trailer_limit(void **state)
{
    (void)state;
    for (size_t over = 0; over <= 1; over++) {
        size_t value = WEFT__H1_TRAILERS_MAX - 4 + over; /* "a:", CR, CR */
        weft__h1_chunked chunked = {0};
        weft__h1_fault fault = {0};
        char *text = malloc(value + 16);
        memcpy(text, "0\r\na:", 5);
        memset(text + 5, 'x', value);
        memcpy(text + 5 + value, "\r\n\r\n", 4);
        weft__h1_outcome outcome = take(&chunked, (weft_str){text, value + 9}, &fault);
        assert_int_equal(outcome, over ? WEFT__H1_BAD : WEFT__H1_DONE);
        assert_int_equal(fault.status, over ? 431 : 0);
        free(text);
    }
}

/* What a server gives: limits of its own, and a place for the trailer section. */
static void run_limits_and_trailers(void **state)
{
    (void)state;
    const weft__h1_limits limits = {.extension = 4, .overhead = 100, .trailers = 10};
    weft_arena arena;
    weft_buffer trailers;
    weft_arena_init(&arena, 0);
    weft_buffer_init(&trailers, &arena);
    weft__h1_chunked chunked = {.limits = &limits, .trailers = &trailers};
    weft__h1_fault fault = {0};
    assert_int_equal(take(&chunked, WEFT_STR("0;a=b\r\nA: b\r\n\r\n"), &fault), WEFT__H1_DONE);
    assert_true(weft_str_starts_with(weft_buffer_str(&trailers), WEFT_STR("A: b\r")));
    chunked = (weft__h1_chunked){.limits = &limits, .trailers = &trailers};
    assert_int_equal(take(&chunked, WEFT_STR("0;a=bcd\r\n"), &fault), WEFT__H1_BAD);
    assert_int_equal(fault.status, 400);
    chunked = (weft__h1_chunked){.limits = &limits, .trailers = &trailers};
    assert_int_equal(take(&chunked, WEFT_STR("0\r\nA: bcdefgh\r\n\r\n"), &fault), WEFT__H1_BAD);
    assert_int_equal(fault.status, 431);
    weft_arena_reset(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(run_good),
        cmocka_unit_test(run_stops_at_the_end),
        cmocka_unit_test(run_bad),
        cmocka_unit_test(run_largest_size),
        cmocka_unit_test(run_extension_limit),
        cmocka_unit_test(run_overhead_limit),
        cmocka_unit_test(run_trailer_limit),
        cmocka_unit_test(run_limits_and_trailers),
    };
    return cmocka_run_group_tests_name("http chunked", tests, NULL, NULL);
}
