/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * testing/client.c: asks a router without a socket.
 *
 * Threads. The runtime runs on a thread of its own. The test's thread puts a request into the
 * exchange and releases `asked`; the runtime's first fiber answers it and releases `answered`. So
 * only one of the two touches the exchange at a time.
 */
#include "base/context.h"
#include "http/h1/h1.h"
#include "router/router_internal.h"
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <weft/log.h>
#include <weft/runtime.h>
#include <weft/serve.h>
#include <weft/sync.h>
#include <weft/test.h>

enum { SERVERS_FIELDS = 8 }; /* at most, beside those of the response */

struct weft_test {
    weft__app *app;
    pthread_t thread;
    weft_semaphore asked, answered;
    weft_error started; /* how starting the runtime went */
    bool closing;

    /* The exchange. */
    weft_str head, body; /* of the request */
    weft_arena arena;    /* of the request and its answer, until the next one */
    weft_request request;
    weft_response response;
    weft_error body_error; /* how gathering its body went */
    weft_buffer wire;      /* the answer as sent */

    weft_arena kept; /* what the test was given */
};

/* ---- on the runtime -------------------------------------------------------------------------- */

static weft_http_status check_limit(weft_request *request, uint64_t limit)
{
    const weft_test *test = request->connection;
    if (request->body_limit != 0)
        limit = request->body_limit;
    if (test->body.len <= limit)
        return WEFT_HTTP_OK;
    return weft_rejectf(request, WEFT_HTTP_CONTENT_TOO_LARGE,
                        "the body is larger than the limit of %llu bytes",
                        (unsigned long long)limit);
}

static weft_http_status read_whole(weft_request *request)
{
    const weft_test *test = request->connection;
    request->body = test->body;
    return check_limit(request, WEFT_BODY_LIMIT);
}

static weft_http_status read_some(weft_request *request, void *to, size_t size, size_t *got)
{
    const weft_test *test = request->connection;
    weft_str left = weft_str_skip(test->body, request->body_taken);
    *got = left.len < size ? left.len : size;
    if (*got != 0)
        memcpy(to, left.at, *got);
    request->body_taken += *got;
    return check_limit(request, WEFT_STREAM_LIMIT);
}

static void call(weft_test *test)
{
    weft__context *context = weft__context_current();
    const weft__context outer = *context;
    context->request = &test->request;
    context->arena = &test->arena;
    weft__app_answer(test->app, &test->request, &test->response);
    context->deadline = outer.deadline;
    test->body_error = weft__response_gather(&test->request, &test->response);
    weft__request_finish(&test->request);
    *context = outer;
}

/* A test cannot go on without memory. */
static void demand(bool memory)
{
    if (memory)
        return;
    fprintf(stderr, "weft: no memory for what a test was answered\n");
    _Exit(1);
}

static void answer(weft_test *test)
{
    const weft__h1_limits limits = {0};
    weft_request *request = &test->request;
    static const weft__body_reader reader = {read_whole, read_some};
    weft__h1_fault fault = {WEFT_HTTP_BAD_REQUEST, "the request's head has no end"};
    size_t used;
    weft__request_init(request, &test->arena);
    weft__response_init(&test->response, &test->arena);
    request->started = weft_clock_now();
    bool parsed = weft__h1_parse(test->head.at, test->head.len, &limits, request, &used, &fault) ==
                  WEFT__H1_DONE;
    request->connection = test;
    request->reader = request->framing == WEFT__BODY_NONE ? NULL : &reader;
    test->body_error = WEFT_OK;
    if (parsed)
        call(test);
    else
        weft__app_refuse(test->app, request, &test->response, fault.status, fault.reason);
    weft_buffer_init(&test->wire, &test->arena);
    demand(test->body_error != WEFT_NO_MEMORY);
    weft__h1_write(&test->wire, request, &test->response, "Thu, 01 Jan 1970 00:00:00 GMT", false);
}

static void serve_test(void *arg)
{
    weft_test *test = arg;
    test->started = WEFT_OK;
    weft_error error = weft_semaphore_release(&test->answered, 1);
    while (error == WEFT_OK) {
        error = weft_semaphore_acquire(&test->asked, 1, WEFT_NEVER);
        if (error != WEFT_OK || test->closing)
            break;
        answer(test);
        error = weft_semaphore_release(&test->answered, 1);
    }
}

static void *run_runtime(void *arg)
{
    weft_test *test = arg;
    weft_error error = weft_runtime_run(&(weft_runtime_options){.workers = 1}, serve_test, test);
    if (error != WEFT_OK) {
        test->started = error;
        (void)!weft_semaphore_release(&test->answered, 1);
    }
    return NULL;
}

/* ---- open and close -------------------------------------------------------------------------- */

static void await_answer(weft_test *test, const char *method, const char *target)
{
    if (weft_semaphore_acquire(&test->answered, 1, weft_deadline_after(WEFT_TEST_DEADLINE)) ==
        WEFT_OK)
        return;
    fprintf(stderr, "weft: %s %s was not answered within %lld s\n", method, target,
            (long long)(WEFT_TEST_DEADLINE / WEFT_SECOND));
    _Exit(1);
}

/* Starts the runtime and waits for it to run. */
static bool start(weft_test *test)
{
    if (pthread_create(&test->thread, NULL, run_runtime, test) != 0) {
        weft_log(WEFT_LOG_ERROR, "test", "cannot start a thread for the runtime");
        return false;
    }
    await_answer(test, "starting", "the runtime");
    if (test->started == WEFT_OK)
        return true;
    weft_log(WEFT_LOG_ERROR, "test", "cannot start the runtime: %s%s",
             weft_error_text(test->started),
             test->started == WEFT_BUSY ? "; another one runs in this process" : "");
    pthread_join(test->thread, NULL);
    return false;
}

weft_test *weft_test_open(const weft_router *router)
{
    weft_test *test = calloc(1, sizeof *test);
    if (test == NULL)
        return NULL;
    weft_arena_init(&test->arena, 0);
    weft_arena_init(&test->kept, SIZE_MAX);
    weft_semaphore_init(&test->asked, 0, 1);
    weft_semaphore_init(&test->answered, 0, 1);
    test->app = weft__app_create(router);
    if (test->app != NULL && start(test))
        return test;
    weft__app_destroy(test->app);
    free(test);
    return NULL;
}

void weft_test_close(weft_test *test)
{
    if (test == NULL)
        return;
    test->closing = true;
    if (weft_semaphore_release(&test->asked, 1) == WEFT_OK)
        pthread_join(test->thread, NULL);
    weft__app_destroy(test->app);
    weft_arena_reset(&test->arena);
    weft_arena_reset(&test->kept);
    free(test);
}

/* ---- the request ----------------------------------------------------------------------------- */

static weft_str body_of(const weft_test_request *request, const char **type)
{
    *type = request->json   ? "application/json"
            : request->form ? "application/x-www-form-urlencoded"
            : request->text ? "text/plain; charset=utf-8"
                            : NULL;
    const char *text = request->json   ? request->json
                       : request->form ? request->form
                                       : request->text;
    return text != NULL ? weft_str_from(text) : request->body;
}

static bool has_header(const weft_test_request *request, const char *name)
{
    size_t len = strlen(name);
    for (size_t i = 0; i < WEFT_TEST_HEADERS_MAX && request->headers[i] != NULL; i++)
        if (strncasecmp(request->headers[i], name, len) == 0 && request->headers[i][len] == ':')
            return true;
    return false;
}

static bool write_head(weft_test *test, const weft_test_request *request)
{
    const char *type;
    test->body = body_of(request, &type);
    weft_buffer head;
    weft_buffer_init(&head, &test->arena);
    weft_buffer_printf(&head, "%s %s HTTP/1.1\r\n", request->method, request->target);
    if (!has_header(request, "Host"))
        weft_buffer_printf(&head, "Host: test\r\n");
    if (type != NULL && !has_header(request, "Content-Type"))
        weft_buffer_printf(&head, "Content-Type: %s\r\n", type);
    if ((type != NULL || test->body.len != 0) && !has_header(request, "Content-Length"))
        weft_buffer_printf(&head, "Content-Length: %zu\r\n", test->body.len);
    for (size_t i = 0; i < WEFT_TEST_HEADERS_MAX && request->headers[i] != NULL; i++)
        weft_buffer_printf(&head, "%s\r\n", request->headers[i]);
    weft_buffer_printf(&head, "\r\n");
    test->head = weft_buffer_str(&head);
    return !head.failed;
}

/* ---- the response ---------------------------------------------------------------------------- */

/* A copy with a NUL behind it. */
static char *keep(weft_test *test, const char *bytes, size_t len)
{
    char *copy = weft_arena_alloc(&test->kept, len + 1, 1);
    demand(copy != NULL);
    if (len != 0)
        memcpy(copy, bytes, len);
    copy[len] = '\0';
    return copy;
}

/* Up to the end of the line, which is passed over. */
static weft_str take_line(weft_str *rest)
{
    const char *end = memmem(rest->at, rest->len, "\r\n", 2);
    weft_str line = {rest->at, end != NULL ? (size_t)(end - rest->at) : rest->len};
    *rest = weft_str_skip(*rest, line.len + 2);
    return line;
}

/* Takes the fields of a head apart, which the server has written and so is well-formed. */
static void keep_headers(weft_test *test, weft_str head, weft_test_response *response)
{
    weft_test_header *headers = WEFT_NEW_ARRAY(&test->kept, weft_test_header,
                                               test->response.field_count + SERVERS_FIELDS);
    demand(headers != NULL);
    size_t count = 0;
    for (weft_str line = take_line(&head); line.len != 0; line = take_line(&head)) {
        const char *colon = memchr(line.at, ':', line.len);
        size_t name = (size_t)(colon - line.at);
        weft_str value = weft_str_skip(line, name + 2);
        if (weft_str_starts_with(line, WEFT_STR("Date:")))
            continue;
        headers[count].name = keep(test, line.at, name);
        headers[count++].value = keep(test, value.at, value.len);
    }
    response->headers = headers;
    response->header_count = count;
}

static const weft_test_response *keep_response(weft_test *test, const weft_test_request *request)
{
    weft_test_response *response = WEFT_NEW(&test->kept, weft_test_response);
    weft_str name = weft_arena_printf(&test->kept, "%s %s", request->method, request->target);
    demand(!test->wire.failed && response != NULL && name.at != NULL);
    weft_str wire = weft_buffer_str(&test->wire);
    const char *end = memmem(wire.at, wire.len, "\r\n\r\n", 4);
    size_t head = (size_t)(end - wire.at) + 4;
    *response = (weft_test_response){.request = name.at,
                                     .status = (int)test->response.status,
                                     .body.len = wire.len - head,
                                     .cut = test->body_error != WEFT_OK};
    response->body.at = keep(test, wire.at + head, response->body.len);
    weft_str fields = {wire.at, head};
    (void)take_line(&fields); /* the status line */
    keep_headers(test, fields, response);
    return response;
}

const weft_test_response *weft_test_send(weft_test *test, const weft_test_request *request)
{
    demand(write_head(test, request) && weft_semaphore_release(&test->asked, 1) == WEFT_OK);
    await_answer(test, request->method, request->target);
    const weft_test_response *response = keep_response(test, request);
    weft_arena_reset(&test->arena);
    return response;
}

const char *weft_test_header_of(const weft_test_response *response, const char *name)
{
    for (size_t i = 0; i < response->header_count; i++)
        if (strcasecmp(response->headers[i].name, name) == 0)
            return response->headers[i].value;
    return NULL;
}
