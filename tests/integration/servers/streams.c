/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * streams: the probe's routes for bodies in pieces and for connections that leave HTTP.
 */
#include "streams.h"
#include <stdio.h>
#include <stdlib.h>

static uint64_t path_number(const weft_request *request, const char *name)
{
    int64_t number;
    if (!weft_text_to_i64(weft_request_param(request, name), 0, INT64_MAX, &number))
        return 0;
    return (uint64_t)number;
}

/* ---- out ------------------------------------------------------------------------------------- */

typedef struct work {
    uint64_t count, size, pause;
    bool flush, endless;
    weft_error end;
} work;

static work *new_work(weft_request *request)
{
    work *job = WEFT_NEW(weft_request_arena(request), work);
    if (job != NULL)
        *job = (work){.count = path_number(request, "count"), .size = path_number(request, "size")};
    return job;
}

/* `count` pieces of `size` bytes, the piece's number modulo 26 as a letter. */
static weft_error pieces(weft_body *body, void *arg)
{
    const work *job = arg;
    char *piece = malloc(job->size + 1);
    weft_error error = piece == NULL ? WEFT_NO_MEMORY : WEFT_OK;
    if (job->endless)
        weft_body_endless(body);
    for (uint64_t i = 0; i < job->count && error == WEFT_OK; i++) {
        memset(piece, 'a' + (int)(i % 26), job->size);
        error = weft_body_write(body, piece, job->size);
        if (error == WEFT_OK && job->flush)
            error = weft_body_flush(body);
        if (error == WEFT_OK && job->pause != 0)
            error = weft_sleep((int64_t)job->pause * WEFT_MILLISECOND);
    }
    free(piece);
    if (error == WEFT_OK && job->end == WEFT_OK && !job->endless)
        error = weft_body_trailer(body, WEFT_STR("X-Pieces"),
                                  weft_request_param(weft_body_request(body), "count"));
    (void)error; /* of a trailer behind an announced length */
    return error == WEFT_INVALID ? WEFT_OK : error != WEFT_OK ? error : job->end;
}

static weft_http_status start(weft_response *response, uint64_t length, work *job)
{
    if (job == NULL)
        return WEFT_HTTP_INTERNAL_SERVER_ERROR;
    return weft_response_stream(response, WEFT_STR("text/plain"), length, pieces, job);
}

static weft_http_status chunks(weft_request *request, weft_response *response)
{
    return start(response, WEFT_LENGTH_UNKNOWN, new_work(request));
}

static weft_http_status exact(weft_request *request, weft_response *response)
{
    return start(response, path_number(request, "length"), new_work(request));
}

/* A piece every few milliseconds, each flushed. */
static weft_http_status slow(weft_request *request, weft_response *response)
{
    work *job = new_work(request);
    if (job != NULL)
        job->pause = path_number(request, "ms");
    if (job != NULL)
        job->flush = true;
    return start(response, WEFT_LENGTH_UNKNOWN, job);
}

/* A stream that begins late. */
static weft_http_status late(weft_request *request, weft_response *response)
{
    weft_error error = weft_sleep((int64_t)path_number(request, "ms") * WEFT_MILLISECOND);
    weft_http_status status = chunks(request, response);
    return error == WEFT_OK ? status : WEFT_HTTP_SERVICE_UNAVAILABLE;
}

static weft_http_status endless(weft_request *request, weft_response *response)
{
    work *job = new_work(request);
    if (job != NULL)
        *job = (work){.count = UINT64_MAX, .size = 1, .pause = 20, .flush = true, .endless = true};
    return start(response, WEFT_LENGTH_UNKNOWN, job);
}

static weft_http_status failing(weft_request *request, weft_response *response)
{
    work *job = new_work(request);
    if (job != NULL)
        job->end = WEFT_IO;
    return start(response, WEFT_LENGTH_UNKNOWN, job);
}

/* Pieces of any size, some flushed, as a seed says. */
static weft_error random_pieces(weft_body *body, void *arg)
{
    char *piece = weft_arena_alloc(weft_request_arena(weft_body_request(body)), 40000, 1);
    const work *job = arg;
    uint32_t state = (uint32_t)job->size;
    if (piece == NULL)
        return WEFT_NO_MEMORY;
    for (uint64_t i = 0; i < job->count; i++) {
        state = (state * 1103515245u + 12345u) & 0x7fffffffu;
        size_t len = (state >> 8) % (state & 1 ? 40000 : 300);
        memset(piece, 'a' + (int)(i % 26), len);
        WEFT_TRY(weft_body_write(body, piece, len));
        if (state >> 8 & 16)
            WEFT_TRY(weft_body_flush(body));
    }
    return WEFT_OK;
}

static weft_http_status by_chance(weft_request *request, weft_response *response)
{
    return weft_response_stream(response, WEFT_STR("text/plain"), WEFT_LENGTH_UNKNOWN,
                                random_pieces, new_work(request));
}

static weft_http_status bodiless(weft_request *request, weft_response *response)
{
    weft_http_status status = chunks(request, response);
    return WEFT_FAILED(status) ? status : WEFT_HTTP_NO_CONTENT;
}

/* ---- in -------------------------------------------------------------------------------------- */

/* Reads in pieces of `size` bytes; says how many bytes came and what the trailer X-Sum held. */
static weft_http_status count(weft_request *request, weft_response *response)
{
    uint64_t size = path_number(request, "size"), total = 0;
    size_t got;
    char *piece = weft_arena_alloc(weft_request_arena(request), size, 1);
    if (piece == NULL)
        return WEFT_HTTP_INTERNAL_SERVER_ERROR;
    do {
        WEFT_TRY(weft_request_read(request, piece, size, &got));
        total += got;
    } while (got != 0);
    weft_str sum = weft_request_trailer(request, "x-sum");
    weft_buffer_printf(weft_response_body(response, WEFT_STR("text/plain")), "%llu %.*s\n",
                       (unsigned long long)total, WEFT_STR_ARGS(sum));
    return WEFT_HTTP_OK;
}

/* The same with a limit of its own. */
static weft_http_status limited(weft_request *request, weft_response *response)
{
    weft_request_body_limit(request, path_number(request, "limit"));
    return count(request, response);
}

static weft_http_status limited_whole(weft_request *request, weft_response *response)
{
    weft_str body;
    weft_request_body_limit(request, path_number(request, "limit"));
    WEFT_TRY(weft_request_body(request, &body));
    weft_buffer_printf(weft_response_body(response, WEFT_STR("text/plain")), "%zu\n", body.len);
    return WEFT_HTTP_OK;
}

/* One piece only. */
static weft_http_status taste(weft_request *request, weft_response *response)
{
    char piece[16];
    size_t got;
    WEFT_TRY(weft_request_read(request, piece, sizeof piece, &got));
    weft_buffer_printf(weft_response_body(response, WEFT_STR("text/plain")), "%zu\n", got);
    return WEFT_HTTP_OK;
}

/* A byte at a time, with a pause before each. */
static weft_http_status sip(weft_request *request, weft_response *response)
{
    uint64_t pause = path_number(request, "ms"), total = 0;
    size_t got;
    do {
        char byte;
        if (weft_sleep((int64_t)pause * WEFT_MILLISECOND) != WEFT_OK)
            return WEFT_HTTP_SERVICE_UNAVAILABLE;
        WEFT_TRY(weft_request_read(request, &byte, 1, &got));
        total += got;
    } while (got != 0);
    weft_buffer_printf(weft_response_body(response, WEFT_STR("text/plain")), "%llu\n",
                       (unsigned long long)total);
    return WEFT_HTTP_OK;
}

/* ---- both ------------------------------------------------------------------------------------ */

static weft_error mirror(weft_body *body, void *arg)
{
    char piece[4096];
    size_t got;
    (void)arg;
    do {
        if (weft_request_read(weft_body_request(body), piece, sizeof piece, &got) != WEFT_HTTP_OK)
            return WEFT_IO;
        WEFT_TRY(weft_body_write(body, piece, got));
    } while (got != 0);
    return WEFT_OK;
}

static weft_http_status echo(weft_request *request, weft_response *response)
{
    (void)request;
    return weft_response_stream(response, WEFT_STR("application/octet-stream"), WEFT_LENGTH_UNKNOWN,
                                mirror, NULL);
}

static void tell(void *arg)
{
    weft_log(WEFT_LOG_INFO, "probe", "deferred %s", (const char *)arg);
}

static weft_http_status deferring(weft_request *request, weft_response *response)
{
    if (weft_request_defer(request, tell, (void *)(uintptr_t) "first") != WEFT_OK ||
        weft_request_defer(request, tell, (void *)(uintptr_t) "second") != WEFT_OK)
        return WEFT_HTTP_INTERNAL_SERVER_ERROR;
    return weft_response_text(response, WEFT_STR("ok\n")) == WEFT_OK
               ? WEFT_HTTP_OK
               : WEFT_HTTP_INTERNAL_SERVER_ERROR;
}

/* Says how its wait ended. */
static weft_http_status wait_long(weft_request *request, weft_response *response)
{
    weft_str body;
    WEFT_TRY(weft_request_body(request, &body));
    weft_error error = weft_sleep((int64_t)path_number(request, "ms") * WEFT_MILLISECOND);
    weft_log(WEFT_LOG_INFO, "probe", "waited: %s", weft_error_text(error));
    if (error != WEFT_OK)
        return WEFT_HTTP_SERVICE_UNAVAILABLE;
    return weft_response_text(response, WEFT_STR("slept\n")) == WEFT_OK
               ? WEFT_HTTP_OK
               : WEFT_HTTP_INTERNAL_SERVER_ERROR;
}

/* Keeps its worker busy, so that another one takes what comes meanwhile. */
static weft_http_status compute(weft_request *request, weft_response *response)
{
    int64_t end = weft_deadline_after((int64_t)path_number(request, "ms") * WEFT_MILLISECOND);
    while (weft_clock_now() < end)
        ;
    return weft_response_text(response, WEFT_STR("done\n")) == WEFT_OK
               ? WEFT_HTTP_OK
               : WEFT_HTTP_INTERNAL_SERVER_ERROR;
}

static weft_error wait_then_write(weft_body *body, void *arg)
{
    weft_error error = weft_body_flush(body);
    if (error == WEFT_OK)
        error = weft_sleep(20 * WEFT_SECOND);
    weft_log(WEFT_LOG_INFO, "probe", "the producer waited: %s", weft_error_text(error));
    (void)arg;
    return error;
}

static weft_http_status stream_long(weft_request *request, weft_response *response)
{
    (void)request;
    return weft_response_stream(response, WEFT_STR("text/plain"), WEFT_LENGTH_UNKNOWN,
                                wait_then_write, NULL);
}

/* ---- another protocol ------------------------------------------------------------------------- */

/* Gives back what it gets; says "bye" when the server stops. */
static void speak(weft_upgraded *connection, void *arg)
{
    (void)arg;
    for (;;) {
        char piece[4096];
        size_t got;
        int64_t deadline = weft_deadline_after(10 * WEFT_SECOND);
        weft_error error = weft_upgraded_read(connection, piece, sizeof piece, &got, deadline);
        if (error == WEFT_SHUTTING_DOWN) {
            error = weft_upgraded_write(connection, "bye\n", 4, deadline);
            weft_log(WEFT_LOG_INFO, "probe", "said bye: %s", weft_error_text(error));
            return;
        }
        if (error != WEFT_OK || got == 0)
            return;
        if (weft_upgraded_write(connection, piece, got, deadline) != WEFT_OK)
            return;
    }
}

static weft_http_status upgrade(weft_request *request, weft_response *response)
{
    (void)request;
    return weft_response_upgrade(response, WEFT_STR("echo"), speak, NULL);
}

/* ---- table ----------------------------------------------------------------------------------- */

#define ROW(m, p, f, ...)                                                              \
    {                                                                                  \
        .method = (m), .path = (p), .handler = (weft_any_fn *)(f), .handler_name = #f, \
        .call = (f), .file = __FILE__, .line = __LINE__, ##__VA_ARGS__                 \
    }
#define SOON .layers = WEFT_LAYERS(weft_timeout(150 * WEFT_MILLISECOND), weft_compress())
static const weft_route rows[] = {
    ROW("GET", "/stream/chunks/{count}/{size}", chunks),
    ROW("GET", "/stream/exact/{length}/{count}/{size}", exact),
    ROW("GET", "/stream/slow/{count}/{size}/{ms}", slow),
    ROW("GET", "/stream/soon/slow/{count}/{size}/{ms}", slow, SOON),
    ROW("GET", "/stream/soon/late/{count}/{size}/{ms}", late, SOON),
    ROW("GET", "/stream/endless", endless),
    ROW("GET", "/stream/random/{size}/{count}", by_chance),
    ROW("GET", "/stream/fail/{count}/{size}", failing),
    ROW("GET", "/stream/none/{count}/{size}", bodiless),
    ROW("POST", "/stream/count/{size}", count),
    ROW("POST", "/stream/limited/{limit}/{size}", limited),
    ROW("POST", "/stream/whole/{limit}", limited_whole),
    ROW("POST", "/stream/taste", taste),
    ROW("POST", "/stream/sip/{count}/{ms}", sip),
    ROW("POST", "/stream/echo", echo),
    ROW("GET", "/stream/deferred", deferring),
    ROW("*", "/wait/{ms}", wait_long),
    ROW("GET", "/compute/{ms}", compute),
    ROW("GET", "/stream/long", stream_long),
    ROW("GET", "/upgrade", upgrade),
};
const weft_routes streams = {rows, sizeof rows / sizeof rows[0]};
