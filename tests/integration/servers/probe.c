/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * probe: a server for tests of serving itself: routes that echo, sleep, answer much or without
 * reading, and limits and deadlines from the environment (PROBE_HEAD_DEADLINE_MS=200, ...). What
 * weftgen would write is written by hand here, so that these tests need no generator.
 */
#include "streams.h"
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

static int64_t path_number(const weft_request *request, const char *name)
{
    int64_t number;
    if (!weft_text_to_i64(weft_request_param(request, name), 0, INT64_MAX, &number))
        return -1;
    return number;
}

/* Any method, any path: 200 and the body it read. */
static weft_http_status echo(weft_request *request, weft_response *response)
{
    weft_str body;
    WEFT_TRY(weft_request_body(request, &body));
    weft_str type = weft_request_header(request, "content-type");
    if (type.len == 0)
        type = WEFT_STR("application/octet-stream");
    weft_buffer_append_str(weft_response_body(response, type), body);
    return WEFT_HTTP_OK;
}

static weft_http_status answer_text(weft_response *response, const char *text)
{
    if (weft_response_text(response, weft_str_from(text)) != WEFT_OK)
        return WEFT_HTTP_INTERNAL_SERVER_ERROR;
    return WEFT_HTTP_OK;
}

static weft_http_status nap(weft_request *request, weft_response *response)
{
    int64_t duration = path_number(request, "ms");
    if (duration < 0)
        return weft_rejectf(request, WEFT_HTTP_BAD_REQUEST, "how many milliseconds?");
    if (weft_sleep(duration * WEFT_MILLISECOND) != WEFT_OK)
        return WEFT_HTTP_SERVICE_UNAVAILABLE;
    return answer_text(response, "slept\n");
}

/* Computes without ever giving way. */
static weft_http_status spin(weft_request *request, weft_response *response)
{
    int64_t duration = path_number(request, "ms");
    for (int64_t end = weft_deadline_after(duration * WEFT_MILLISECOND); weft_clock_now() < end;)
        continue;
    return answer_text(response, "computed\n");
}

/* Does not react to being cancelled. */
static weft_http_status stubborn(weft_request *request, weft_response *response)
{
    (void)request;
    for (int64_t end = weft_deadline_after(WEFT_MINUTE); weft_clock_now() < end;) {
        weft_error error = weft_sleep(WEFT_MILLISECOND);
        (void)error;
    }
    return answer_text(response, "done at last\n");
}

static weft_error tidy_task(void *arg)
{
    (void)arg;
    weft_error error = weft_sleep(WEFT_MINUTE);
    weft_log(WEFT_LOG_INFO, "probe", "the task tidies up");
    return error;
}

static weft_error stubborn_task(void *arg)
{
    weft_shield shield = weft_shield_begin();
    weft_error error = weft_sleep(WEFT_MINUTE);
    weft_shield_end(shield);
    (void)arg;
    return error;
}

static weft_http_status tidy_background(weft_request *request, weft_response *response)
{
    (void)request;
    if (weft_background("tidy task", tidy_task, NULL) != WEFT_OK)
        return WEFT_HTTP_SERVICE_UNAVAILABLE;
    return answer_text(response, "begun\n");
}

static weft_http_status stubborn_background(weft_request *request, weft_response *response)
{
    (void)request;
    if (weft_background("stubborn task", stubborn_task, NULL) != WEFT_OK)
        return WEFT_HTTP_SERVICE_UNAVAILABLE;
    return answer_text(response, "begun\n");
}

static weft_http_status many_bytes(weft_request *request, weft_response *response)
{
    int64_t count = path_number(request, "count");
    weft_buffer *body = weft_response_body(response, WEFT_STR("application/octet-stream"));
    char *to = count < 0 ? NULL : weft_buffer_reserve(body, (size_t)count);
    if (to == NULL)
        return WEFT_HTTP_INTERNAL_SERVER_ERROR;
    memset(to, 'x', (size_t)count);
    body->len += (size_t)count;
    return WEFT_HTTP_OK;
}

/* Answers without looking at the body. */
static weft_http_status unread(weft_request *request, weft_response *response)
{
    (void)request;
    return answer_text(response, "not read\n");
}

/* Which worker answers. */
static weft_http_status which(weft_request *request, weft_response *response)
{
    (void)request;
    char text[16];
    snprintf(text, sizeof text, "%u\n", weft_worker_index());
    return answer_text(response, text);
}

static weft_http_status host(weft_request *request, weft_response *response)
{
    weft_buffer_append_str(weft_response_body(response, WEFT_STR("text/plain")),
                           weft_request_host(request));
    return WEFT_HTTP_OK;
}

static atomic_uint under_way; /* requests within a handler */

static weft_http_status count(weft_request *request, weft_response *response, weft_next *rest)
{
    atomic_fetch_add(&under_way, 1);
    weft_http_status status = weft_next_run(rest, request, response);
    atomic_fetch_sub(&under_way, 1);
    return status;
}

/* How many requests there are besides this one. */
static weft_http_status how_many(weft_request *request, weft_response *response)
{
    (void)request;
    char text[16];
    snprintf(text, sizeof text, "%u\n", atomic_load(&under_way) - 1);
    return answer_text(response, text);
}

#define ROW(m, p, f)                                                                   \
    {                                                                                  \
        .method = (m), .path = (p), .handler = (weft_any_fn *)(f), .handler_name = #f, \
        .call = (f), .file = __FILE__, .line = __LINE__                                \
    }
static const weft_route routes[] = {
    ROW("*", "/", echo),
    ROW("*", "/{*rest}", echo),
    ROW("GET", "/sleep/{ms}", nap),
    ROW("GET", "/spin/{ms}", spin),
    ROW("GET", "/stubborn", stubborn),
    ROW("GET", "/background/tidy", tidy_background),
    ROW("GET", "/background/stubborn", stubborn_background),
    ROW("GET", "/bytes/{count}", many_bytes),
    ROW("*", "/unread", unread),
    ROW("GET", "/worker", which),
    ROW("GET", "/host", host),
    ROW("GET", "/under-way", how_many),
};

/* PROBE_<NAME> as a number, or 0. */
static int64_t setting(const char *name)
{
    const char *text = getenv(name);
    int64_t number;
    if (text == NULL)
        return 0;
    if (!weft_text_to_i64(weft_str_from(text), 0, INT64_MAX / WEFT_MILLISECOND, &number)) {
        fprintf(stderr, "probe: %s is not a number\n", name);
        exit(2);
    }
    return number;
}

int main(void)
{
    const weft_router router = {
        .layers = WEFT_LAYERS(weft_trace(), WEFT_LAYER_FROM(count)),
        .routes = WEFT_ROUTES(routes, streams),
    };
    const weft_serve_options options = {
        .workers = (unsigned)setting("PROBE_WORKERS"),
        .request_line_limit = (uint32_t)setting("PROBE_REQUEST_LINE_LIMIT"),
        .head_limit = (uint32_t)setting("PROBE_HEAD_LIMIT"),
        .fields_limit = (uint32_t)setting("PROBE_FIELDS_LIMIT"),
        .body_limit = (size_t)setting("PROBE_BODY_LIMIT"),
        .stream_limit = (uint64_t)setting("PROBE_STREAM_LIMIT"),
        .body_rate = (uint32_t)setting("PROBE_BODY_RATE"),
        .body_rate_grace = setting("PROBE_BODY_RATE_GRACE_MS") * WEFT_MILLISECOND,
        .chunk_extension_limit = (uint32_t)setting("PROBE_CHUNK_EXTENSION_LIMIT"),
        .chunk_overhead_limit = (uint32_t)setting("PROBE_CHUNK_OVERHEAD_LIMIT"),
        .trailers_limit = (uint32_t)setting("PROBE_TRAILERS_LIMIT"),
        .pipeline_limit = (uint32_t)setting("PROBE_PIPELINE_LIMIT"),
        .first_deadline = setting("PROBE_FIRST_DEADLINE_MS") * WEFT_MILLISECOND,
        .head_deadline = setting("PROBE_HEAD_DEADLINE_MS") * WEFT_MILLISECOND,
        .body_deadline = setting("PROBE_BODY_DEADLINE_MS") * WEFT_MILLISECOND,
        .idle_deadline = setting("PROBE_IDLE_DEADLINE_MS") * WEFT_MILLISECOND,
        .write_deadline = setting("PROBE_WRITE_DEADLINE_MS") * WEFT_MILLISECOND,
        .linger_deadline = setting("PROBE_LINGER_DEADLINE_MS") * WEFT_MILLISECOND,
        .drain_deadline = setting("PROBE_DRAIN_DEADLINE_MS") * WEFT_MILLISECOND,
        .linger_limit = (size_t)setting("PROBE_LINGER_LIMIT"),
        .connections_max = (unsigned)setting("PROBE_CONNECTIONS_MAX"),
        .connections_per_client = (unsigned)setting("PROBE_CONNECTIONS_PER_CLIENT"),
        .finish_abandoned = setting("PROBE_FINISH_ABANDONED") != 0,
    };
    return weft_serve_with("127.0.0.1:0", &router, &options);
}
