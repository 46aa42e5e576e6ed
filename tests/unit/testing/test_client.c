/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Asking a router in-process: requests pass the parser, handlers run in a fiber, answers are what a
 * client would receive.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include <weft/body.h>
#include <weft/layer.h>
#include <weft/runtime.h>
#include <weft/test.h>

static weft_http_status echo(weft_request *req, weft_response *res)
{
    weft_str body;
    WEFT_TRY(weft_request_body(req, &body));
    weft_buffer *to = weft_response_body(res, WEFT_STR("text/plain"));
    weft_str type = weft_request_header(req, "content-type");
    weft_str mine = weft_request_header(req, "x-mine");
    weft_buffer_printf(
        to, "%.*s %.*s?%.*s [%.*s] [%.*s] %.*s", WEFT_STR_ARGS(weft_request_method_name(req)),
        WEFT_STR_ARGS(weft_request_path(req)), WEFT_STR_ARGS(weft_request_query(req)),
        WEFT_STR_ARGS(type), WEFT_STR_ARGS(mine), WEFT_STR_ARGS(body));
    return WEFT_HTTP_OK;
}

/* Waits as only a fiber with a request can. */
static weft_http_status sleepy(weft_request *req, weft_response *res)
{
    (void)res;
    bool fiber = weft_fiber_current() != NULL && weft_request_current() == req &&
                 weft_arena_current() == weft_request_arena(req) && weft_worker_count() == 1;
    if (!fiber)
        return WEFT_HTTP_NOT_IMPLEMENTED;
    return weft_sleep(10 * WEFT_SECOND) == WEFT_OK ? WEFT_HTTP_OK : WEFT_HTTP_CONFLICT;
}

static weft_http_status cookies(weft_response *res)
{
    if (weft_response_header_add(res, WEFT_STR("Set-Cookie"), WEFT_STR("a=1")) != WEFT_OK ||
        weft_response_header_add(res, WEFT_STR("Set-Cookie"), WEFT_STR("b=2")) != WEFT_OK)
        return WEFT_HTTP_INTERNAL_SERVER_ERROR;
    return WEFT_HTTP_NO_CONTENT;
}

static weft_http_status cookies_call(weft_request *req, weft_response *res)
{
    (void)req;
    return cookies(res);
}

/* Writes the request's body twice, read in small pieces; announces arg bytes. */
static weft_error twice(weft_body *body, void *arg)
{
    char piece[3], all[64];
    size_t got, len = 0;
    (void)arg;
    do {
        if (weft_request_read(weft_body_request(body), piece, sizeof piece, &got) != WEFT_HTTP_OK)
            return WEFT_IO;
        memcpy(all + len, piece, got);
        len += got;
        WEFT_TRY(weft_body_write(body, piece, got));
        WEFT_TRY(weft_body_flush(body));
        if (weft_sleep(WEFT_MILLISECOND) != WEFT_OK)
            return WEFT_CANCELLED;
    } while (got != 0);
    return weft_body_write(body, all, len);
}

static weft_http_status doubled(weft_request *req, weft_response *res)
{
    (void)req;
    return weft_response_stream(res, WEFT_STR("text/plain"), WEFT_LENGTH_UNKNOWN, twice, NULL);
}

static weft_http_status announced(weft_request *req, weft_response *res)
{
    (void)req;
    return weft_response_stream(res, WEFT_STR("text/plain"), 10, twice, NULL);
}

static weft_error fails(weft_body *body, void *arg)
{
    (void)arg;
    WEFT_TRY(weft_body_write(body, "half", 4));
    return WEFT_IO;
}

static weft_http_status failing(weft_request *req, weft_response *res)
{
    (void)req;
    return weft_response_stream(res, WEFT_STR("text/plain"), WEFT_LENGTH_UNKNOWN, fails, NULL);
}

static void speak(weft_upgraded *connection, void *arg)
{
    (void)connection;
    (void)arg;
    assert_true(false);
}

static weft_http_status upgrade(weft_request *req, weft_response *res)
{
    (void)req;
    return weft_response_upgrade(res, WEFT_STR("echo"), speak, NULL);
}

#define ROW(m, p, fn, ...)                                                               \
    {                                                                                    \
        .method = (m), .path = (p), .handler_name = #fn, .call = (fn), .file = __FILE__, \
        .line = __LINE__, ##__VA_ARGS__                                                  \
    }
static const weft_route routes[] = {
    ROW("GET", "/echo", echo),
    ROW("POST", "/echo", echo),
    ROW("GET", "/sleepy", sleepy, .layers = WEFT_LAYERS(weft_timeout(20 * WEFT_MILLISECOND))),
    ROW("GET", "/cookies", cookies_call),
    ROW("POST", "/doubled", doubled),
    ROW("POST", "/limited", doubled, .layers = WEFT_LAYERS(weft_body_limit(4))),
    ROW("POST", "/announced", announced),
    ROW("GET", "/failing", failing),
    ROW("GET", "/upgrade", upgrade),
};
static const weft_router router = {.routes = WEFT_ROUTES(routes)};
static weft_test *client;

static int open_client(void **unused)
{
    (void)unused;
    client = weft_test_open(&router);
    return client == NULL;
}

static int close_client(void **unused)
{
    (void)unused;
    weft_test_close(client);
    return 0;
}

static void test_what_is_sent(void **unused)
{
    (void)unused;
    EXPECT_BODY(ask(client, "GET", "/echo"), "GET /echo? [] [] ");
    EXPECT_BODY(ask(client, "GET", "/echo?a=1&b", .headers = {"X-Mine: yes", "Accept: */*"}),
                "GET /echo?a=1&b [] [yes] ");
    EXPECT_BODY(ask(client, "POST", "/echo", .json = "{}"), "POST /echo? [application/json] [] {}");
    EXPECT_BODY(ask(client, "POST", "/echo", .form = "a=1"),
                "POST /echo? [application/x-www-form-urlencoded] [] a=1");
    EXPECT_BODY(ask(client, "POST", "/echo", .text = "t"),
                "POST /echo? [text/plain; charset=utf-8] [] t");
    EXPECT_BODY(ask(client, "POST", "/echo", .body = WEFT_STR("raw")), "POST /echo? [] [] raw");
    EXPECT_BODY(ask(client, "POST", "/echo", .json = "1", .headers = {"content-type: text/x"}),
                "POST /echo? [text/x] [] 1");
}

static void test_what_is_received(void **unused)
{
    (void)unused;
    const weft_test_response *res = ask(client, "GET", "/echo");
    EXPECT_STATUS(res, 200);
    EXPECT_HEADER(res, "content-type", "text/plain");
    EXPECT_HEADER(res, "Content-Length", "17");
    EXPECT_HEADER(res, "Date", NULL);
    assert_string_equal(res->request, "GET /echo");
    assert_int_equal(res->body.at[res->body.len], '\0');
    const weft_test_response *cookie = ask(client, "GET", "/cookies");
    EXPECT_STATUS(cookie, 204);
    EXPECT_HEADER(cookie, "Set-Cookie", "a=1");
    EXPECT_BODY(cookie, "");
    size_t cookies_seen = 0;
    for (size_t i = 0; i < cookie->header_count; i++)
        cookies_seen += strcmp(cookie->headers[i].name, "Set-Cookie") == 0;
    assert_int_equal(cookies_seen, 2);
    EXPECT_BODY(res, "GET /echo? [] [] "); /* the first one is still there */
}

static void test_head(void **unused)
{
    (void)unused;
    const weft_test_response *res = ask(client, "HEAD", "/echo");
    EXPECT_STATUS(res, 200);
    EXPECT_HEADER(res, "Content-Length", "18");
    EXPECT_BODY(res, "");
}

static void test_bodies_in_pieces(void **unused)
{
    (void)unused;
    const weft_test_response *res = ask(client, "POST", "/doubled", .text = "hello, world");
    EXPECT_STATUS(res, 200);
    EXPECT_BODY(res, "hello, worldhello, world");
    assert_false(res->cut);
    EXPECT_BODY(ask(client, "POST", "/doubled"), "");
    EXPECT_BODY(ask(client, "POST", "/announced", .text = "12345"), "1234512345");
    assert_true(ask(client, "POST", "/announced", .text = "1234")->cut);
    assert_true(ask(client, "POST", "/announced", .text = "123456")->cut);
    assert_true(ask(client, "POST", "/limited", .text = "12345")->cut);
    EXPECT_BODY(ask(client, "POST", "/limited", .text = "1234"), "12341234");
    res = ask(client, "GET", "/failing");
    EXPECT_BODY(res, "half");
    assert_true(res->cut);
}

static void test_upgrades(void **unused)
{
    (void)unused;
    const weft_test_response *res = ask(client, "GET", "/upgrade");
    EXPECT_STATUS(res, 426);
    EXPECT_HEADER(res, "Upgrade", "echo");
    res = ask(client, "GET", "/upgrade", .headers = {"Connection: upgrade", "Upgrade: echo"});
    EXPECT_STATUS(res, 101); /* what would speak then is not called */
    EXPECT_HEADER(res, "Connection", "upgrade");
    EXPECT_BODY(res, "");
}

static void test_refusals(void **unused)
{
    (void)unused;
    EXPECT_STATUS(ask(client, "GET", "/nope"), 404);
    EXPECT_HEADER(ask(client, "PUT", "/echo"), "Allow", "GET, HEAD, POST");
    EXPECT_STATUS(ask(client, "GET", "no slash"), 400);
    EXPECT_STATUS(ask(client, "GET", "/echo", .headers = {"no colon"}), 400);
    EXPECT_STATUS(ask(client, "GET", "/echo", .headers = {"Host: a", "Host: b"}), 400);
    const weft_test_response *res = ask(client, "G T", "/echo");
    EXPECT_STATUS(res, 400);
    EXPECT_HEADER(res, "Content-Type", "application/problem+json");
    EXPECT_JSON_HAS(res, "{\"status\": 400}");
}

static void test_the_body_limit(void **unused)
{
    (void)unused;
    enum { LIMIT = 2 << 20 };
    char *bytes = calloc(1, LIMIT + 1);
    assert_non_null(bytes);
    EXPECT_STATUS(ask(client, "POST", "/echo", .body = {bytes, LIMIT}), 200);
    EXPECT_STATUS(ask(client, "POST", "/echo", .body = {bytes, LIMIT + 1}), 413);
    free(bytes);
}

static void test_handlers_run_in_a_fiber(void **unused)
{
    (void)unused;
    EXPECT_STATUS(ask(client, "GET", "/sleepy"), 503);
    EXPECT_STATUS(ask(client, "GET", "/echo"), 200);
}

static void test_one_at_a_time(void **unused)
{
    (void)unused;
    assert_null(weft_test_open(&router));
    weft_test_close(client);
    client = weft_test_open(&router);
    assert_non_null(client);
    EXPECT_STATUS(ask(client, "GET", "/echo"), 200);
    weft_test_close(NULL);
}

static void test_a_router_that_is_refused(void **unused)
{
    (void)unused;
    const weft_route twice[] = {ROW("GET", "/x", echo), ROW("GET", "/x", echo)};
    assert_null(weft_test_open(&(weft_router){.routes = {twice, 2}}));
}

int main(void)
{
    setenv("WEFT_LOG", "off", 1);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_is_sent),   cmocka_unit_test(test_what_is_received),
        cmocka_unit_test(test_head),           cmocka_unit_test(test_bodies_in_pieces),
        cmocka_unit_test(test_upgrades),       cmocka_unit_test(test_refusals),
        cmocka_unit_test(test_the_body_limit), cmocka_unit_test(test_handlers_run_in_a_fiber),
        cmocka_unit_test(test_one_at_a_time),  cmocka_unit_test(test_a_router_that_is_refused),
    };
    return cmocka_run_group_tests(tests, open_client, close_client);
}
