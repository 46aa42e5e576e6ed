/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * tests/unit/http/test_message.c: requests and responses as handlers see them, problems, settling,
 * and responses on the wire.
 */
#include "base/context.h"
#include "http/h1/h1.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include <cmocka.h>

static const char date[] = "Sun, 06 Nov 1994 08:49:37 GMT";

typedef struct exchange {
    weft_arena arena;
    weft_request request;
    weft_response response;
} exchange;

static int set_up(void **state)
{
    exchange *x = calloc(1, sizeof *x);
    weft_arena_init(&x->arena, 0);
    weft__request_init(&x->request, &x->arena);
    weft__response_init(&x->response, &x->arena);
    x->request.minor_version = 1;
    x->request.path = WEFT_STR("/users/999");
    *state = x;
    return 0;
}

static int tear_down(void **state)
{
    exchange *x = *state;
    weft_arena_reset(&x->arena);
    free(x);
    return 0;
}

static void assert_text(weft_str s, const char *wanted)
{
    if (!weft_str_equal(s, weft_str_from(wanted)))
        fail_msg("is\n%.*s\nnot\n%s", WEFT_STR_ARGS(s), wanted);
}

static weft_str wire(exchange *x, bool close)
{
    weft_buffer to;
    weft_buffer_init(&to, &x->arena);
    weft__h1_write(&to, &x->request, &x->response, date, close);
    assert_false(to.failed);
    return weft_buffer_str(&to);
}

/* ---- requests ------------------------------------------------------------------------------- */

static void run_request(void **state)
{
    exchange *x = *state;
    weft__field fields[] = {{WEFT_STR("Accept"), WEFT_STR("a")},
                            {WEFT_STR("ACCEPT"), WEFT_STR("b")},
                            {WEFT_STR("Empty"), {"", 0}}};
    x->request.fields = fields;
    x->request.field_count = 3;
    assert_text(weft_request_header(&x->request, "accept"), "a");
    assert_null(weft_request_header(&x->request, "accep").at);
    assert_non_null(weft_request_header(&x->request, "empty").at);
    assert_int_equal(weft_request_header_count(&x->request), 3);
    weft_str name, value;
    weft_request_header_at(&x->request, 1, &name, &value);
    assert_text(name, "ACCEPT");
    assert_text(value, "b");
    assert_ptr_equal(weft_request_arena(&x->request), &x->arena);

    x->request.params[0] = (weft__param){WEFT_STR("id"), WEFT_STR("a%2Fb+c")};
    x->request.params[1] = (weft__param){WEFT_STR("bad"), WEFT_STR("%ff")};
    x->request.param_count = 2;
    assert_text(weft_request_param(&x->request, "id"), "a/b+c");
    assert_null(weft_request_param(&x->request, "bad").at);
    assert_null(weft_request_param(&x->request, "none").at);
}

static void run_current(void **state)
{
    exchange *x = *state;
    assert_null(weft_request_current());
    weft__context_current()->request = &x->request;
    assert_ptr_equal(weft_request_current(), &x->request);
    weft__context_current()->request = NULL;
}

static int reads;

static weft_http_status read_hello(weft_request *request)
{
    reads++;
    request->body = WEFT_STR("hello");
    return WEFT_HTTP_OK;
}

static weft_http_status read_too_much(weft_request *request)
{
    (void)request;
    reads++;
    return WEFT_HTTP_CONTENT_TOO_LARGE;
}

static void run_body(void **state)
{
    exchange *x = *state;
    weft_str body = WEFT_STR("?");
    assert_int_equal(weft_request_body(&x->request, &body), WEFT_HTTP_OK); /* there is none */
    assert_int_equal(body.len, 0);

    weft__request_init(&x->request, &x->arena);
    x->request.reader = &(const weft__body_reader){.whole = read_hello};
    for (reads = 0; reads < 1;)
        assert_int_equal(weft_request_body(&x->request, &body), WEFT_HTTP_OK);
    assert_int_equal(weft_request_body(&x->request, &body), WEFT_HTTP_OK);
    assert_int_equal(reads, 1);
    assert_text(body, "hello");

    weft__request_init(&x->request, &x->arena);
    x->request.reader = &(const weft__body_reader){.whole = read_too_much};
    reads = 0;
    assert_int_equal(weft_request_body(&x->request, &body), WEFT_HTTP_CONTENT_TOO_LARGE);
    assert_int_equal(weft_request_body(&x->request, &body), WEFT_HTTP_CONTENT_TOO_LARGE);
    assert_int_equal(reads, 1);
}

/* ---- response fields ------------------------------------------------------------------------ */

static weft_error set(exchange *x, const char *name, weft_str value)
{
    return weft_response_header_set(&x->response, weft_str_from(name), value);
}

static void run_header_set(void **state)
{
    exchange *x = *state;
    weft_response *r = &x->response;
    assert_int_equal(set(x, "X-A", WEFT_STR(" 1\t")), WEFT_OK);
    assert_text(weft_response_header(r, "x-a"), "1");
    assert_int_equal(weft_response_header_add(r, WEFT_STR("x-a"), WEFT_STR("2")), WEFT_OK);
    assert_int_equal(r->field_count, 2);
    assert_int_equal(set(x, "x-A", WEFT_STR("3")), WEFT_OK);
    assert_int_equal(r->field_count, 1);
    assert_text(weft_response_header(r, "X-a"), "3");
    for (int i = 0; i < 50; i++)
        assert_int_equal(weft_response_header_add(r, WEFT_STR("B"), WEFT_STR("")), WEFT_OK);
    assert_int_equal(r->field_count, 51);
    assert_int_equal(set(x, "Content-Type", WEFT_STR("a/b")), WEFT_OK);
    assert_text(weft_response_header(r, "content-type"), "a/b");
    assert_int_equal(r->field_count, 51);
}

static void run_header_refused(void **state)
{
    exchange *x = *state;
    static const weft_str values[] = {{"a\rb", 3},
                                      {"a\nb", 3},
                                      {"a\0b", 3},
                                      {"\x7f", 1},
                                      {"\x1b", 1},
                                      {"\r\n", 2},
                                      {"a\n", 2},
                                      {"a value of sixteen\r", 19},
                                      {"\na value of sixteen", 19},
                                      {"sixteen bytes and \0", 19},
                                      {"a DEL\x7f, then sixteen", 21}};
    for (size_t i = 0; i < sizeof values / sizeof values[0]; i++)
        assert_int_equal(set(x, "A", values[i]), WEFT_INVALID);
    static const char *const names[] = {"",
                                        "a b",
                                        "a:",
                                        "a\r\nb",
                                        "\xc3\xa9",
                                        "Date",
                                        "content-length",
                                        "CONNECTION",
                                        "Transfer-Encoding"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        assert_int_equal(set(x, names[i], WEFT_STR("v")), WEFT_INVALID);
    assert_int_equal(set(x, "A", WEFT_STR("\xc3\xa9\tx")), WEFT_OK);
    assert_int_equal(set(x, "B", WEFT_STR("\tsixteen bytes,\twith \xc3\xa9")), WEFT_OK);
    assert_int_equal(x->response.field_count, 2);
}

static void run_location(void **state)
{
    exchange *x = *state;
    assert_int_equal(weft_response_location(&x->response, "/users/%d", 7), WEFT_OK);
    assert_text(weft_response_header(&x->response, "location"), "/users/7");
    assert_int_equal(weft_response_location(&x->response, "/%s", "a\r\nSet-Cookie: b"),
                     WEFT_INVALID);
    assert_int_equal(weft_response_location(&x->response, "/%s", "a b"), WEFT_INVALID);
    assert_int_equal(weft_response_location(&x->response, "%s", ""), WEFT_INVALID);
    assert_text(weft_response_header(&x->response, "location"), "/users/7");
}

static void run_header_no_memory(void **state)
{
    exchange *x = *state;
    weft_arena small;
    weft_arena_init(&small, 1);
    weft__response_init(&x->response, &small);
    assert_int_equal(set(x, "A", WEFT_STR("b")), WEFT_NO_MEMORY);
    assert_int_equal(weft_response_location(&x->response, "/"), WEFT_NO_MEMORY);
    assert_int_equal(weft_response_text(&x->response, WEFT_STR("a")), WEFT_NO_MEMORY);
    weft_arena_reset(&small);
}

/* ---- the wire ------------------------------------------------------------------------------- */

static void run_wire_ok(void **state)
{
    exchange *x = *state;
    assert_int_equal(weft_response_text(&x->response, WEFT_STR("hello")), WEFT_OK);
    assert_int_equal(set(x, "X-A", WEFT_STR("b")), WEFT_OK);
    x->response.status = WEFT_HTTP_OK;
    const char *head = "HTTP/1.1 200 OK\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\n"
                       "Content-Type: text/plain; charset=utf-8\r\nContent-Length: 5\r\n"
                       "X-A: b\r\n\r\n";
    char whole[512];
    snprintf(whole, sizeof whole, "%shello", head);
    assert_text(wire(x, false), whole);
    x->request.method = WEFT_METHOD_HEAD;
    assert_text(wire(x, false), head);
    weft_buffer to;
    weft_buffer_init(&to, &x->arena);
    x->request.method = WEFT_METHOD_GET;
    weft__h1_write_head(&to, &x->request, &x->response, date, false);
    assert_text(weft_buffer_str(&to), head);
    assert_true(weft__h1_body_follows(&x->request, &x->response));
}

static void run_wire_without_body(void **state)
{
    exchange *x = *state;
    static const weft_http_status bodiless[] = {WEFT_HTTP_NO_CONTENT, WEFT_HTTP_NOT_MODIFIED,
                                                WEFT_HTTP_CONTINUE};
    assert_int_equal(weft_response_text(&x->response, WEFT_STR("hello")), WEFT_OK);
    for (size_t i = 0; i < 3; i++) {
        char wanted[256];
        x->response.status = bodiless[i];
        snprintf(wanted, sizeof wanted, "HTTP/1.1 %d %s\r\nDate: %s\r\n\r\n", bodiless[i],
                 weft_http_status_text(bodiless[i]), date);
        assert_text(wire(x, false), wanted);
    }
    weft_response_body_clear(&x->response);
    x->response.status = WEFT_HTTP_CREATED;
    assert_text(wire(x, false), "HTTP/1.1 201 Created\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\n"
                                "Content-Length: 0\r\n\r\n");
}

static void run_wire_connection(void **state)
{
    exchange *x = *state;
    x->response.status = (weft_http_status)299; /* not in the list */
    assert_text(wire(x, true), "HTTP/1.1 299 \r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\n"
                               "Content-Length: 0\r\nConnection: close\r\n\r\n");
    x->request.minor_version = 0;
    x->response.status = WEFT_HTTP_OK;
    assert_text(wire(x, false), "HTTP/1.1 200 OK\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\n"
                                "Content-Length: 0\r\nConnection: keep-alive\r\n\r\n");
}

static void run_wire_no_memory(void **state)
{
    exchange *x = *state;
    weft_arena small;
    weft_buffer to;
    weft_arena_init(&small, 1);
    weft_buffer_init(&to, &small);
    weft__h1_write(&to, &x->request, &x->response, date, false);
    assert_true(to.failed);
    assert_int_equal(to.len, 0);
    weft_arena_reset(&small);
}

/* ---- problems ------------------------------------------------------------------------------- */

static void run_problem_plain(void **state)
{
    exchange *x = *state;
    weft__response_settle(&x->request, &x->response, WEFT_HTTP_NOT_FOUND);
    assert_text(weft_response_header(&x->response, "content-type"), "application/problem+json");
    assert_text(weft_buffer_str(&x->response.body),
                "{\"type\":\"about:blank\",\"title\":\"Not Found\",\"status\":404,"
                "\"instance\":\"/users/999\"}");
    size_t len = x->response.body.len;
    weft__response_settle(&x->request, &x->response, WEFT_HTTP_NOT_FOUND);
    assert_int_equal(x->response.body.len, len);
}

static void run_problem_full(void **state)
{
    exchange *x = *state;
    weft_violation list[] = {
        {"body", WEFT_STR("/email"), "required", WEFT_STR("is required")},
        {"query", WEFT_STR("/a\"b"), "type", WEFT_STR("must be a number, not \"x\"")},
    };
    weft_violations violations = {&x->arena, list, 2, 3};
    weft_http_status status = weft_reject(&x->request,
                                          &(weft_problem){.status = WEFT_HTTP_UNPROCESSABLE_CONTENT,
                                                          .type = WEFT_STR("https://a/b"),
                                                          .title = WEFT_STR("Wrong"),
                                                          .detail = WEFT_STR("two \"things\""),
                                                          .violations = &violations});
    weft__response_settle(&x->request, &x->response, status);
    assert_text(
        weft_buffer_str(&x->response.body),
        "{\"type\":\"https://a/b\",\"title\":\"Wrong\",\"status\":422,"
        "\"detail\":\"two \\\"things\\\"\",\"instance\":\"/users/999\",\"errors\":["
        "{\"in\":\"body\",\"pointer\":\"/email\",\"code\":\"required\",\"detail\":\"is required\"},"
        "{\"in\":\"query\",\"pointer\":\"/a\\\"b\",\"code\":\"type\","
        "\"detail\":\"must be a number, not \\\"x\\\"\"}],\"errors_total\":3}");
}

/* A problem belongs to the status it was rejected with. */
static void run_problem_of_another_status(void **state)
{
    exchange *x = *state;
    x->request.path = (weft_str){NULL, 0};
    assert_int_equal(weft_rejectf(&x->request, WEFT_HTTP_CONFLICT, "%s is taken", "a"), 409);
    weft__response_settle(&x->request, &x->response, WEFT_HTTP_FORBIDDEN);
    assert_text(weft_buffer_str(&x->response.body),
                "{\"type\":\"about:blank\",\"title\":\"Forbidden\",\"status\":403}");
    weft__response_settle(&x->request, &x->response, WEFT_HTTP_CONFLICT); /* an outer layer's */
    assert_text(weft_buffer_str(&x->response.body),
                "{\"type\":\"about:blank\",\"title\":\"Conflict\",\"status\":409,"
                "\"detail\":\"a is taken\"}");
    weft__response_settle(&x->request, &x->response, WEFT_HTTP_OK);
    assert_false(x->response.body_given);
}

static void run_settle_keeps_a_body(void **state)
{
    exchange *x = *state;
    assert_int_equal(weft_response_text(&x->response, WEFT_STR("own")), WEFT_OK);
    weft__response_settle(&x->request, &x->response, WEFT_HTTP_BAD_REQUEST);
    assert_text(weft_buffer_str(&x->response.body), "own");
    weft__response_settle(&x->request, &x->response, WEFT_HTTP_OK);
    assert_text(weft_buffer_str(&x->response.body), "own");
    assert_int_equal(weft_response_status(&x->response), 200);
}

/* A body written after settling takes the place of the problem. */
static void run_settle_then_body(void **state)
{
    exchange *x = *state;
    weft__response_settle(&x->request, &x->response, WEFT_HTTP_NOT_FOUND);
    weft_buffer_append_str(weft_response_body(&x->response, WEFT_STR("a/b")), WEFT_STR("mine"));
    weft__response_settle(&x->request, &x->response, WEFT_HTTP_NOT_FOUND);
    assert_text(weft_buffer_str(&x->response.body), "mine");
}

static void run_settle_impossible(void **state)
{
    exchange *x = *state;
    static const int statuses[] = {0, -1, 100, 199, 600, 1001};
    for (size_t i = 0; i < sizeof statuses / sizeof statuses[0]; i++) {
        assert_int_equal(weft_response_text(&x->response, WEFT_STR("hello")), WEFT_OK);
        weft__response_settle(&x->request, &x->response, (weft_http_status)statuses[i]);
        assert_int_equal(weft_response_status(&x->response), 500);
        assert_text(weft_response_header(&x->response, "content-type"), "application/problem+json");
    }
}

static void run_settle_lost_body(void **state)
{
    exchange *x = *state;
    weft_buffer *body = weft_response_body(&x->response, WEFT_STR("a/b"));
    weft_buffer_append_str(body, WEFT_STR("half"));
    body->failed = true;
    weft__response_settle(&x->request, &x->response, WEFT_HTTP_OK);
    assert_int_equal(x->response.status, 500);
    assert_false(x->response.body.failed);
    assert_text(weft_response_header(&x->response, "content-type"), "application/problem+json");
}

static void run_settle_without_memory(void **state)
{
    exchange *x = *state;
    weft_arena small;
    weft_arena_init(&small, 1);
    weft__response_init(&x->response, &small);
    weft__response_settle(&x->request, &x->response, WEFT_HTTP_NOT_FOUND);
    weft__response_settle(&x->request, &x->response, WEFT_HTTP_NOT_FOUND);
    assert_int_equal(x->response.status, 404);
    assert_false(x->response.body_given);
    weft_arena_reset(&small);
}

static void render_plainly(weft_request *request, weft_response *response,
                           const weft_problem *problem)
{
    (void)request;
    weft_buffer *to = weft_response_body(response, WEFT_STR("text/plain"));
    weft_buffer_printf(to, "%d: %.*s", problem->status, WEFT_STR_ARGS(problem->detail));
}

static void run_own_renderer(void **state)
{
    exchange *x = *state;
    x->request.render = render_plainly;
    weft__response_settle(&x->request, &x->response,
                          weft_rejectf(&x->request, WEFT_HTTP_GONE, "was here"));
    assert_text(weft_buffer_str(&x->response.body), "410: was here");
}

/* ---- dates and texts ------------------------------------------------------------------------ */

static void assert_date(int64_t seconds, const char *wanted)
{
    char to[30] = {0};
    weft__http_date(seconds, to);
    assert_string_equal(to, wanted);
}

static void run_date(void **state)
{
    (void)state;
    assert_date(784111777, date);
    assert_date(0, "Thu, 01 Jan 1970 00:00:00 GMT");
    assert_date(-1, "Thu, 01 Jan 1970 00:00:00 GMT");
    assert_date(951782399, "Mon, 28 Feb 2000 23:59:59 GMT");
    assert_date(951782400, "Tue, 29 Feb 2000 00:00:00 GMT");
    assert_date(4107542400, "Mon, 01 Mar 2100 00:00:00 GMT");
    assert_date(253402300799, "Fri, 31 Dec 9999 23:59:59 GMT");
    assert_date(INT64_MAX, "Fri, 31 Dec 9999 23:59:59 GMT");
    for (int64_t day = 0; day < 400 * 366; day += 13) { /* against the C library */
        time_t seconds = day * 86400 + 12345;
        struct tm tm;
        char wanted[30];
        gmtime_r(&seconds, &tm);
        strftime(wanted, sizeof wanted, "%a, %d %b %Y %H:%M:%S GMT", &tm);
        assert_date(seconds, wanted);
    }
}

static void run_status_text(void **state)
{
    (void)state;
    assert_string_equal(weft_http_status_text(WEFT_HTTP_OK), "OK");
    assert_string_equal(weft_http_status_text((weft_http_status)299), "Unknown");
}

int main(void)
{
#define RUN(name) cmocka_unit_test_setup_teardown(run_##name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        RUN(request),
        RUN(current),
        RUN(body),
        RUN(header_set),
        RUN(header_refused),
        RUN(location),
        RUN(header_no_memory),
        RUN(wire_ok),
        RUN(wire_without_body),
        RUN(wire_connection),
        RUN(wire_no_memory),
        RUN(problem_plain),
        RUN(problem_full),
        RUN(problem_of_another_status),
        RUN(settle_keeps_a_body),
        RUN(settle_then_body),
        RUN(settle_impossible),
        RUN(settle_lost_body),
        RUN(settle_without_memory),
        RUN(own_renderer),
        RUN(date),
        RUN(status_text),
    };
    return cmocka_run_group_tests_name("http message", tests, NULL, NULL);
}
