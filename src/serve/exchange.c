/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * serve/exchange.c: the loop of a burst: read, parse, answer, and again while requests are there;
 * the responses of a batch leave with one send.
 */
#include "base/chunk.h"
#include "runtime/hold.h"
#include "serve/burst.h"
#include <stdlib.h>

/* What is to happen next. */
typedef enum step {
    STEP_ON,     /* go on with what is buffered */
    STEP_REST,   /* everything is answered: wait without a fiber */
    STEP_CLOSE,  /* nothing more to say, nothing more to hear */
    STEP_LINGER, /* the last response is sent, but the client may still be sending */
} step;

static const weft_serve_options *options(const weft__burst *burst)
{
    return &burst->visit->shard->server->options;
}

/* The request's memory is free again: what most requests make do with is part of the burst. */
static inline void rewind_arena(weft__burst *burst)
{
    if (WEFT_UNLIKELY(burst->arena.chunks != NULL))
        weft__arena_rewind(&burst->arena);
    if (burst->arena.chunks == NULL) { /* else the next one may need as much again */
        burst->arena.at = burst->begin;
        burst->arena.end = burst->begin_end;
    }
}

/* ---- one request ---------------------------------------------------------------------------- */

/* A body that is not copied into the batch: it leaves at once. */
static WEFT_COLD bool write_large(weft__burst *burst, const char date[29], bool close)
{
    const weft_response *response = &burst->response;
    weft__batch_open(burst);
    weft__h1_write_head(&burst->out, &burst->request, response, date, close);
    if (burst->out.failed || weft__burst_flush(burst) != WEFT_OK)
        return false;
    return !weft__h1_body_follows(&burst->request, response) ||
           weft__burst_send(burst, response->body.at, response->body.len) == WEFT_OK;
}

/* Puts the response into the batch. False when there is no memory for it or the client does not
 * take it. */
static inline bool write_response(weft__burst *burst, bool close)
{
    weft__shard *shard = burst->visit->shard;
    const weft_response *response = &burst->response;
    const char *date = weft__date_text(&shard->date, weft__worker_now());
    if (WEFT_UNLIKELY(response->body.len > WEFT__OUT_MAX))
        return write_large(burst, date, close);
    weft__batch_open(burst);
    weft__h1_write(&burst->out, &burst->request, response, date, close);
    return !burst->out.failed;
}

/* Sends the last response of the connection. `clean` says that the request has been read to its end
 * and nothing is behind it. */
static step finish(weft__burst *burst, bool clean)
{
    if (weft__burst_flush(burst) != WEFT_OK)
        return STEP_CLOSE;
    bool silent = burst->at == burst->end && weft__visit_is_silent(burst->visit);
    return clean && silent ? STEP_CLOSE : STEP_LINGER;
}

static WEFT_COLD step refuse(weft__burst *burst, weft_http_status status, const char *reason)
{
    const weft__app *app = burst->visit->shard->server->app;
    weft__response_init(&burst->response, &burst->arena);
    weft__loosen(); /* for layers and the renderer */
    weft__app_refuse(app, &burst->request, &burst->response, status, reason);
    weft__hold();
    return write_response(burst, true) ? finish(burst, false) : STEP_CLOSE;
}

bool weft__burst_refuse(weft__burst *burst, weft_http_status status, const char *reason)
{
    return refuse(burst, status, reason) == STEP_LINGER;
}

/* Runs the application. */
static void call(weft__burst *burst)
{
    int64_t deadline = burst->context->deadline;
    weft__loosen(); /* for layers and handlers */
    weft__app_answer(burst->visit->shard->server->app, &burst->request, &burst->response);
    weft__hold();
    burst->context->deadline = deadline;
}

/* Gives way after many requests in a row, so that one pipelining client does not hold up others. */
static bool take_turns(weft__burst *burst)
{
    if (WEFT_LIKELY(--burst->turn != 0))
        return true;
    burst->turn = options(burst)->pipeline_limit;
    if (weft__burst_flush(burst) != WEFT_OK)
        return false;
    weft_yield();
    return true;
}

/* A body without a length ends with the connection in HTTP/1.0; other protocols never end here. */
static bool ends_connection(const weft__burst *burst)
{
    const weft__flow *flow = burst->response.flow;
    return flow->kind == WEFT__FLOW_UPGRADE ||
           (flow->length == WEFT_LENGTH_UNKNOWN && burst->request.minor_version == 0);
}

/* The response is in the batch, and the connection goes on. */
static inline step go_on(weft__burst *burst)
{
    if (burst->out.len > WEFT__OUT_MAX && weft__burst_flush(burst) != WEFT_OK)
        return STEP_CLOSE;
    return take_turns(burst) ? STEP_ON : STEP_CLOSE;
}

/* After a request with a body, or with a response that is not in memory or the last one. */
static __attribute__((noinline)) step respond_with_care(weft__burst *burst)
{
    bool empty = burst->request.framing == WEFT__BODY_NONE;
    bool passable = empty || weft__body_passable(burst);
    bool close = !passable || !burst->request.keep_alive || burst->response.close ||
                 burst->visit->shard->draining;
    if (burst->response.flow != NULL) {
        close = close || ends_connection(burst);
        if (weft__flow_send(burst, close) != WEFT_OK)
            return STEP_CLOSE;
    } else if (!write_response(burst, close)) {
        return STEP_CLOSE;
    }
    if (close)
        return finish(burst, passable);
    return empty || weft__body_skip(burst) ? go_on(burst) : STEP_CLOSE;
}

static inline step respond(weft__burst *burst)
{
    bool plain = burst->request.framing == WEFT__BODY_NONE && burst->request.keep_alive &&
                 !burst->response.close && burst->response.flow == NULL &&
                 !burst->visit->shard->draining;
    if (WEFT_UNLIKELY(!plain))
        return respond_with_care(burst);
    return write_response(burst, false) ? go_on(burst) : STEP_CLOSE;
}

/* What few requests leave behind. */
static WEFT_COLD void tidy(weft__burst *burst)
{
    burst->visit->begun = false;
    weft__request_finish(&burst->request);
    weft__response_finish(&burst->response);
    burst->arena.limit = burst->visit->shard->server->arena_limit;
}

static step answer(weft__burst *burst, size_t head)
{
    burst->visit->answering = true;
    burst->head_deadline = 0;
    burst->at += head;
    weft__peer_show(&burst->visit->connection->peer, &burst->request.peer);
    burst->request.started = weft__worker_now();
    weft__body_begin(burst);
    weft__response_init(&burst->response, &burst->arena);
    burst->context->request = &burst->request;
    burst->context->arena = &burst->arena;
    if (WEFT_UNLIKELY(burst->visit->source->ready & WEFT__HANGUP))
        weft__visit_hang_up(burst->visit);
    call(burst);
    step next = respond(burst);
    if (WEFT_UNLIKELY(burst->response.flow || burst->request.deferred || burst->request.body_limit))
        tidy(burst);
    burst->context->request = NULL;
    burst->context->arena = NULL;
    burst->context->db_failure = NULL;
    rewind_arena(burst);
    return next;
}

/* ---- reading heads -------------------------------------------------------------------------- */

/* The read buffer is filled anew, or its bytes move. */
static inline void forget(weft__burst *burst)
{
    burst->kept.len = 0;
    burst->path_kept.endpoint = NULL;
}

/* Moves what is buffered to the front, so that there is room behind it; it is to be parsed anew. */
static void compact(weft__burst *burst)
{
    rewind_arena(burst);
    burst->end -= burst->at;
    memmove(burst->in, burst->in + burst->at, burst->end);
    burst->at = 0;
    forget(burst);
}

/* Nothing is buffered: takes what has arrived meanwhile, or sends the batch and comes to rest. */
static step between(weft__burst *burst)
{
    const weft__source *source = burst->visit->source;
    weft_fiber_rename("connection"); /* the router has given it the last handler's name */
    burst->at = burst->end = 0;
    forget(burst);
    if (!(source->ready & WEFT__READABLE)) {
        if (weft__burst_flush(burst) != WEFT_OK)
            return STEP_CLOSE;
        burst->visit->answering = false;
        if (!(source->ready & WEFT__READABLE))
            return STEP_REST;
    }
    weft_error error = weft__burst_peek(burst, burst->in, burst->in_size, &burst->end);
    if (error == WEFT_OK || error == WEFT_BUSY)
        return STEP_ON;
    return finish(burst, true);
}

/* A part of a head is buffered: waits for more of it. */
static step await_head(weft__burst *burst)
{
    compact(burst);
    weft_fiber_rename("connection");
    burst->visit->answering = false;
    if (burst->head_deadline == 0)
        burst->head_deadline = weft_deadline_after(options(burst)->head_deadline);
    weft_error error = weft__burst_fill(burst, burst->head_deadline);
    if (error == WEFT_OK)
        return STEP_ON;
    if (error == WEFT_TIMED_OUT)
        return refuse(burst, WEFT_HTTP_REQUEST_TIMEOUT,
                      "the request's head did not arrive in time");
    return finish(burst, true);
}

/* A chunked body is read behind its head: that needs room there. */
static bool cramped(const weft__burst *burst, size_t head)
{
    return burst->request.framing == WEFT__BODY_CHUNKED && burst->at > 0 &&
           burst->in_size - burst->at - head < WEFT__CHUNK_ROOM;
}

/* Requests of one connection, and of one client, name the same host: it is checked once. */
static void keep_host(weft__burst *burst)
{
    const weft_str host = burst->request.host;
    if (host.len == 0 || host.len > sizeof burst->host_text)
        return;
    memcpy(burst->host_text, host.at, host.len);
    burst->host = (weft_str){burst->host_text, host.len};
}

static step advance(weft__burst *burst)
{
    if (burst->at == burst->end)
        return between(burst);
    size_t head = 0;
    weft__h1_fault fault;
    weft__request_init(&burst->request, &burst->arena);
    burst->request.host_known = burst->host;
    burst->request.kept = &burst->kept;
    burst->request.path_kept = &burst->path_kept;
    switch (weft__h1_parse(burst->in + burst->at, burst->end - burst->at,
                           &burst->visit->shard->server->limits, &burst->request, &head, &fault)) {
    case WEFT__H1_DONE:
        if (burst->request.host.at != burst->host_text)
            keep_host(burst);
        if (!cramped(burst, head))
            return answer(burst, head);
        compact(burst);
        return STEP_ON;
    case WEFT__H1_PARTIAL: return await_head(burst);
    case WEFT__H1_BAD: break;
    }
    weft__peer_show(&burst->visit->connection->peer, &burst->request.peer);
    burst->request.started = weft__worker_now();
    return refuse(burst, fault.status, fault.reason);
}

/* ---- burst ---------------------------------------------------------------------------------- */

/* When guarding, none is used twice, for the request's views point into it. */
static WEFT_COLD weft__burst *create(size_t in_size)
{
    size_t size = sizeof(weft__burst) + in_size;
    weft__burst *burst = weft__guarding() ? weft__guarded_take(size, &size) : malloc(size);
    if (burst != NULL) {
        burst->size = size;
        burst->in_size = in_size;
        /* Use after its end is found in chunks only. */
        bool watched = WEFT__CHUNK_ORDINARY == 0 || weft__guarding();
        burst->begin_end = burst->begin + (watched ? 0 : sizeof burst->begin);
    }
    return burst;
}

static void destroy(weft__burst *burst)
{
    if (weft__guarding())
        weft__guarded_return(burst, burst->size);
    else
        free(burst);
}

weft__burst *weft__burst_take(weft__visit *visit)
{
    weft__shard *shard = visit->shard;
    weft__burst *burst = shard->spare;
    if (burst != NULL) {
        shard->spare = burst->next;
        shard->spare_room++;
    } else {
        burst = create(shard->server->in_size);
        if (burst == NULL)
            return NULL;
        weft_arena_init(&burst->arena, shard->server->arena_limit);
        rewind_arena(burst);
        weft_arena_init(&burst->overflow, SIZE_MAX);
        weft_buffer_init(&burst->out, &burst->overflow);
        burst->batch = NULL;
        burst->host = (weft_str){NULL, 0};
    }
    burst->visit = visit;
    visit->burst = burst;
    burst->context = weft__context_current();
    burst->head_deadline = 0;
    burst->chunk = 0;
    burst->turn = shard->server->options.pipeline_limit;
    burst->at = burst->end = 0;
    forget(burst);
    return burst;
}

void weft__burst_free(weft__burst *burst)
{
    weft_arena_reset(&burst->arena);
    weft_arena_reset(&burst->overflow);
    free(burst->batch);
    destroy(burst);
}

void weft__burst_give(weft__burst *burst)
{
    weft__shard *shard = burst->visit->shard;
    burst->visit->burst = NULL;
    if (shard->spare_room == 0) {
        weft__burst_free(burst);
        return;
    }
    rewind_arena(burst);
    weft__batch_close(burst);
    burst->next = shard->spare;
    shard->spare = burst;
    shard->spare_room--;
}

static step run(weft__visit *visit)
{
    step next;
    weft__burst *burst = weft__burst_take(visit);
    if (burst == NULL) {
        weft_log(WEFT_LOG_ERROR, "serve", "no memory for a request; its connection is closed");
        return STEP_CLOSE;
    }
    do {
        next = advance(burst);
    } while (next == STEP_ON);
    weft__burst_give(burst);
    return next;
}

void weft__burst_run(void *arg)
{
    weft__visit visit;
    step last = weft__visit_begin(&visit, arg) ? run(&visit) : STEP_CLOSE;
    if (last == STEP_LINGER)
        weft__visit_linger(&visit);
    weft__visit_end(&visit, last == STEP_REST);
}
