/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * tests/unit/http/test_body.c: bodies in pieces, without a connection: what handlers may call when.
 */
#include "http/message.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

typedef struct exchange {
    weft_arena arena;
    weft_request request;
    weft_response response;
} exchange;

static exchange x;

static int set_up(void **unused)
{
    (void)unused;
    weft_arena_init(&x.arena, 0);
    weft__request_init(&x.request, &x.arena);
    weft__response_init(&x.response, &x.arena);
    x.request.framing = WEFT__BODY_LENGTH;
    return 0;
}

static int tear_down(void **unused)
{
    (void)unused;
    weft_arena_reset(&x.arena);
    return 0;
}

/* ---- requests -------------------------------------------------------------------------------- */

static const char text[] = "hello, world";
static size_t at, calls;

static weft_http_status whole(weft_request *request)
{
    calls++;
    request->body = weft_str_from(text);
    return WEFT_HTTP_OK;
}

/* Fails at the comma if asked to. */
static bool break_off;

static weft_http_status some(weft_request *request, void *to, size_t size, size_t *got)
{
    (void)request;
    calls++;
    if (break_off && text[at] == ',')
        return WEFT_HTTP_REQUEST_TIMEOUT;
    *got = at < sizeof text - 1 && size > 0;
    memcpy(to, text + at, *got);
    at += *got;
    return WEFT_HTTP_OK;
}

static void begin(bool breaks)
{
    static const weft__body_reader reader = {whole, some};
    x.request.reader = &reader;
    at = calls = 0;
    break_off = breaks;
}

static void test_pieces_to_the_end(void **unused)
{
    (void)unused;
    char piece[8], all[32] = "";
    size_t got;
    begin(false);
    assert_false(weft__body_is_read(&x.request));
    do {
        assert_int_equal(weft_request_read(&x.request, piece, sizeof piece, &got), WEFT_HTTP_OK);
        strncat(all, piece, got);
    } while (got != 0);
    assert_string_equal(all, text);
    assert_true(weft__body_is_read(&x.request));
    size_t before = calls;
    assert_int_equal(weft_request_read(&x.request, piece, sizeof piece, &got), WEFT_HTTP_OK);
    assert_int_equal(got, 0);
    assert_int_equal(calls, before); /* the end is not looked for again */
}

static void test_a_failure_is_remembered(void **unused)
{
    (void)unused;
    char piece[8];
    size_t got;
    weft_str body;
    begin(true);
    while (weft_request_read(&x.request, piece, sizeof piece, &got) == WEFT_HTTP_OK)
        assert_int_equal(got, 1);
    size_t before = calls;
    assert_int_equal(weft_request_read(&x.request, piece, sizeof piece, &got),
                     WEFT_HTTP_REQUEST_TIMEOUT);
    assert_int_equal(got, 0);
    assert_int_equal(weft_request_body(&x.request, &body), WEFT_HTTP_REQUEST_TIMEOUT);
    assert_int_equal(calls, before);
}

static void test_pieces_of_a_whole_body(void **unused)
{
    (void)unused;
    char piece[5], all[32] = "";
    size_t got;
    weft_str body;
    begin(false);
    assert_int_equal(weft_request_body(&x.request, &body), WEFT_HTTP_OK);
    do {
        assert_int_equal(weft_request_read(&x.request, piece, sizeof piece, &got), WEFT_HTTP_OK);
        strncat(all, piece, got);
    } while (got != 0);
    assert_string_equal(all, text);
    assert_int_equal(calls, 1);
    assert_int_equal(weft_request_body(&x.request, &body), WEFT_HTTP_OK); /* it is still whole */
    assert_int_equal(body.len, strlen(text));
}

static void test_no_whole_body_after_pieces(void **unused)
{
    (void)unused;
    char piece[5];
    size_t got;
    weft_str body;
    begin(false);
    assert_int_equal(weft_request_read(&x.request, piece, 1, &got), WEFT_HTTP_OK);
    assert_int_equal(weft_request_body(&x.request, &body), WEFT_HTTP_INTERNAL_SERVER_ERROR);
    assert_int_equal(weft_request_read(&x.request, piece, 1, &got),
                     WEFT_HTTP_INTERNAL_SERVER_ERROR);
}

static void test_no_body(void **unused)
{
    (void)unused;
    char piece[5];
    size_t got = 9;
    x.request.framing = WEFT__BODY_NONE;
    assert_int_equal(weft_request_read(&x.request, piece, sizeof piece, &got), WEFT_HTTP_OK);
    assert_int_equal(got, 0);
    assert_null(weft_request_trailer(&x.request, "any").at);
}

static void test_trailers_by_name(void **unused)
{
    (void)unused;
    x.request.trailers = WEFT_STR("A:1\rLong-Name: \tof two words \rEmpty:\ra:2\rx:y:z\r\r");
    weft_str value = weft_request_trailer(&x.request, "a");
    assert_true(weft_str_equal(value, WEFT_STR("1")));
    value = weft_request_trailer(&x.request, "long-NAME");
    assert_true(weft_str_equal(value, WEFT_STR("of two words")));
    value = weft_request_trailer(&x.request, "x");
    assert_true(weft_str_equal(value, WEFT_STR("y:z")));
    value = weft_request_trailer(&x.request, "empty");
    assert_true(value.at != NULL && value.len == 0);
    assert_null(weft_request_trailer(&x.request, "long").at);
    assert_null(weft_request_trailer(&x.request, "").at);
}

/* ---- responses ------------------------------------------------------------------------------- */

static weft_error three_letters(weft_body *body, void *arg)
{
    (void)arg;
    return weft_body_write(body, "abc", 3);
}

static weft_error careless(weft_body *body, void *arg)
{
    (void)arg;
    weft_error first = weft_body_write(body, "abcd", 4), second = weft_body_write(body, "a", 1);
    assert_int_equal(first, WEFT_LIMIT);
    assert_int_equal(second, WEFT_LIMIT); /* once lost it stays lost */
    return WEFT_OK;
}

static weft_error gather(uint64_t length, weft_body_fn *produce)
{
    assert_int_equal(
        weft_response_stream(&x.response, WEFT_STR("text/plain"), length, produce, NULL),
        WEFT_HTTP_OK);
    return weft__response_gather(&x.request, &x.response);
}

static void test_lengths(void **unused)
{
    (void)unused;
    assert_int_equal(gather(WEFT_LENGTH_UNKNOWN, three_letters), WEFT_OK);
    assert_int_equal(x.response.body.len, 3);
    assert_int_equal(gather(3, three_letters), WEFT_OK);
    assert_int_equal(gather(4, three_letters), WEFT_LIMIT);
    assert_int_equal(gather(2, three_letters), WEFT_LIMIT);
    assert_int_equal(gather(3, careless), WEFT_LIMIT);
}

static weft_error trailers(weft_body *body, void *arg)
{
    bool *known = arg;
    weft_error ok = *known ? WEFT_INVALID : WEFT_OK;
    assert_int_equal(weft_body_trailer(body, WEFT_STR("X-Sum"), WEFT_STR("1")), ok);
    assert_int_equal(weft_body_trailer(body, WEFT_STR("Content-Length"), WEFT_STR("1")),
                     WEFT_INVALID);
    assert_int_equal(weft_body_trailer(body, WEFT_STR("set-cookie"), WEFT_STR("1")), WEFT_INVALID);
    assert_int_equal(weft_body_trailer(body, WEFT_STR("a b"), WEFT_STR("1")), WEFT_INVALID);
    assert_int_equal(weft_body_trailer(body, WEFT_STR("X"), WEFT_STR("1\r\nY: 2")), WEFT_INVALID);
    return WEFT_OK;
}

static void test_which_trailers(void **unused)
{
    (void)unused;
    bool known = false;
    assert_int_equal(
        weft_response_stream(&x.response, (weft_str){0}, WEFT_LENGTH_UNKNOWN, trailers, &known),
        WEFT_HTTP_OK);
    assert_int_equal(weft__response_gather(&x.request, &x.response), WEFT_OK);
    known = true;
    assert_int_equal(weft_response_stream(&x.response, (weft_str){0}, 0, trailers, &known),
                     WEFT_HTTP_OK);
    assert_int_equal(weft__response_gather(&x.request, &x.response), WEFT_OK);
}

static void test_another_body_takes_its_place(void **unused)
{
    (void)unused;
    assert_int_equal(weft_response_stream(&x.response, (weft_str){0}, 3, three_letters, NULL),
                     WEFT_HTTP_OK);
    assert_int_equal(weft_response_text(&x.response, WEFT_STR("text")), WEFT_OK);
    assert_null(x.response.flow);
    assert_int_equal(weft__response_length(&x.response), 4);
    assert_int_equal(weft_response_stream(&x.response, (weft_str){0}, 3, three_letters, NULL),
                     WEFT_HTTP_OK);
    assert_int_equal(x.response.body.len, 0);
    assert_int_equal(weft__response_length(&x.response), 3);
}

/* ---- deferred -------------------------------------------------------------------------------- */

static char order[8];

static void note(void *arg)
{
    strcat(order, arg);
}

/* What is deferred by what was deferred is called, too. */
static void note_again(void *arg)
{
    note(arg);
    assert_int_equal(weft_request_defer(&x.request, note, (void *)(uintptr_t) "d"), WEFT_OK);
}

static void test_deferred(void **unused)
{
    (void)unused;
    order[0] = '\0';
    assert_int_equal(weft_request_defer(&x.request, note, (void *)(uintptr_t) "a"), WEFT_OK);
    assert_int_equal(weft_request_defer(&x.request, note_again, (void *)(uintptr_t) "b"), WEFT_OK);
    assert_int_equal(weft_request_defer(&x.request, note, (void *)(uintptr_t) "c"), WEFT_OK);
    weft__request_finish(&x.request);
    assert_string_equal(order, "cbda");
    weft__request_finish(&x.request);
    assert_string_equal(order, "cbda");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_pieces_to_the_end, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_a_failure_is_remembered, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_pieces_of_a_whole_body, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_no_whole_body_after_pieces, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_no_body, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_trailers_by_name, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_lengths, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_which_trailers, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_another_body_takes_its_place, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_deferred, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
