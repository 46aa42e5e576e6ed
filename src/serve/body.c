/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * serve/body.c: reads a request's body when the handler asks for it, whole or in pieces, and gets
 * past it when it did not. A whole body that is in the read buffer is a view of it; any other is
 * put together in the request's arena. Pieces are read to where the handler wants them.
 */
#include "runtime/hold.h"
#include "serve/burst.h"

/* What is reported here is remembered by http/body.c, which asks only once. */

static const weft_serve_options *options(const weft__burst *burst)
{
    return &burst->visit->shard->server->options;
}

static WEFT_COLD weft_http_status too_large(weft__burst *burst, uint64_t limit)
{
    return weft_rejectf(&burst->request, WEFT_HTTP_CONTENT_TOO_LARGE,
                        "the body is larger than the limit of %llu bytes",
                        (unsigned long long)limit);
}

static WEFT_COLD weft_http_status out_of_memory(weft__burst *burst)
{
    return weft_rejectf(&burst->request, WEFT_HTTP_INTERNAL_SERVER_ERROR, "no memory for the body");
}

static WEFT_COLD weft_http_status cut_short(weft__burst *burst, weft_error error)
{
    if (error == WEFT_TIMED_OUT)
        return weft_rejectf(&burst->request, WEFT_HTTP_REQUEST_TIMEOUT,
                            "the body did not arrive in time");
    return weft_rejectf(&burst->request, WEFT_HTTP_BAD_REQUEST,
                        "the connection ended before the body did");
}

static size_t buffered(const weft__burst *burst)
{
    return burst->end - burst->at;
}

static uint64_t limit_of(const weft__burst *burst, uint64_t otherwise)
{
    return burst->request.body_limit != 0 ? burst->request.body_limit : otherwise;
}

static uint64_t stream_limit(const weft__burst *burst)
{
    return limit_of(burst, options(burst)->stream_limit);
}

/* Whether a length that was announced is more than may be read in pieces. */
static bool too_long(const weft__burst *burst)
{
    return burst->request.content_length > stream_limit(burst);
}

/* ---- waiting for the client ------------------------------------------------------------------ */

/* Tells a client that waits for it that the body is wanted; sent with the next wait. */
static void invite(weft__burst *burst)
{
    if (burst->request.expects_continue && buffered(burst) == 0) {
        weft__batch_open(burst);
        weft_buffer_append_str(&burst->out, WEFT_STR("HTTP/1.1 100 Continue\r\n\r\n"));
    }
    burst->request.expects_continue = false;
}

void weft__body_invite(weft__burst *burst)
{
    if (burst->request.body_state == WEFT__BODY_UNREAD && !too_long(burst))
        invite(burst);
    burst->request.expects_continue = false;
}

/* Before the first piece. */
static void begin(weft__burst *burst)
{
    burst->patience = options(burst)->body_rate_grace;
    invite(burst);
}

/* A client may be behind its rate by no more than the grace. Only the time that we wait for it
 * counts, so that a handler may take its time between two pieces. */
static weft_error receive(weft__burst *burst, char *to, size_t room, size_t *got, int64_t deadline)
{
    int64_t begun = weft_clock_now(), grace = options(burst)->body_rate_grace;
    int64_t impatient = weft_deadline_after(burst->patience);
    WEFT_TRY(weft__burst_read(burst, to, room, got, deadline < impatient ? deadline : impatient));
    int64_t earned = (int64_t)*got * WEFT_SECOND / options(burst)->body_rate;
    int64_t left = burst->patience - (weft_clock_now() - begun);
    burst->patience = earned < grace - left ? left + earned : grace;
    return WEFT_OK;
}

/* ---- by length ------------------------------------------------------------------------------- */

/* What is buffered of the body, at most `len` bytes of it. */
static weft_str take_buffered(weft__burst *burst, size_t len)
{
    if (len > buffered(burst))
        len = buffered(burst);
    burst->at += len;
    burst->left -= len;
    return (weft_str){burst->in + burst->at - len, len};
}

static weft_http_status whole_length(weft__burst *burst)
{
    uint64_t limit = limit_of(burst, options(burst)->body_limit);
    if (burst->left > limit)
        return too_large(burst, limit);
    size_t len = (size_t)burst->left;
    if (buffered(burst) >= len) {
        burst->request.body = take_buffered(burst, len);
        return WEFT_HTTP_OK;
    }
    char *body = weft_arena_alloc(&burst->arena, len, 1);
    if (body == NULL)
        return out_of_memory(burst);
    begin(burst);
    weft_str have = take_buffered(burst, len);
    memcpy(body, have.at, have.len);
    int64_t deadline = weft_deadline_after(options(burst)->body_deadline);
    while (burst->left > 0) {
        size_t got;
        weft_error error = receive(burst, body + (len - burst->left), (size_t)burst->left, &got,
                                   deadline);
        if (error != WEFT_OK)
            return cut_short(burst, error);
        burst->left -= got;
    }
    burst->request.body = (weft_str){body, len};
    return WEFT_HTTP_OK;
}

static weft_http_status some_length(weft__burst *burst, char *to, size_t size, size_t *got)
{
    if (size > burst->left)
        size = (size_t)burst->left;
    weft_str have = take_buffered(burst, size);
    *got = have.len;
    if (have.len != 0)
        memcpy(to, have.at, have.len);
    if (have.len != 0 || size == 0)
        return WEFT_HTTP_OK;
    weft_error error = receive(burst, to, size, got, WEFT_NEVER);
    if (error != WEFT_OK)
        return cut_short(burst, error);
    burst->left -= *got;
    return WEFT_HTTP_OK;
}

/* ---- in chunks ------------------------------------------------------------------------------- */

/* Decodes buffered bytes until there is data, at most `size` bytes of it. */
static weft__h1_outcome decode(weft__burst *burst, size_t size, uint64_t limit, weft_str *data,
                               weft__h1_fault *fault)
{
    weft__h1_outcome outcome;
    do {
        size_t used, len = buffered(burst) < size ? buffered(burst) : size;
        outcome = weft__h1_chunked_take(&burst->chunked, burst->in + burst->at, len, &used, data,
                                        fault);
        burst->at += used;
        if (outcome != WEFT__H1_BAD && burst->chunked.data > limit) {
            *fault = (weft__h1_fault){WEFT_HTTP_CONTENT_TOO_LARGE, NULL};
            return WEFT__H1_BAD;
        }
    } while (outcome == WEFT__H1_PARTIAL && data->len == 0 && buffered(burst) > 0);
    return outcome;
}

static weft_http_status malformed(weft__burst *burst, const weft__h1_fault *fault, uint64_t limit)
{
    if (fault->status == WEFT_HTTP_CONTENT_TOO_LARGE)
        return too_large(burst, limit);
    return weft_rejectf(&burst->request, fault->status, "%s", fault->reason);
}

/* Waits for more chunks. What stands before them in the buffer are the request's own views. */
static weft_error fill(weft__burst *burst, int64_t deadline)
{
    size_t got;
    burst->at = burst->end = burst->body_at;
    WEFT_TRY(receive(burst, burst->in + burst->end, burst->in_size - burst->end, &got, deadline));
    burst->end += got;
    return WEFT_OK;
}

/* The trailer section has ended. */
static weft_http_status complete(weft__burst *burst)
{
    burst->request.trailers = weft_buffer_str(&burst->trailers);
    return burst->trailers.failed ? out_of_memory(burst) : WEFT_HTTP_OK;
}

static weft_http_status whole_chunked(weft__burst *burst)
{
    uint64_t limit = limit_of(burst, options(burst)->body_limit);
    weft__h1_fault fault;
    weft_buffer body;
    weft_buffer_init(&body, &burst->arena);
    begin(burst);
    int64_t deadline = weft_deadline_after(options(burst)->body_deadline);
    for (;;) {
        weft_str data;
        weft__h1_outcome outcome = decode(burst, SIZE_MAX, limit, &data, &fault);
        if (outcome == WEFT__H1_BAD)
            return malformed(burst, &fault, limit);
        weft_buffer_append_str(&body, data);
        if (body.failed)
            return out_of_memory(burst);
        burst->request.body = weft_buffer_str(&body);
        if (outcome == WEFT__H1_DONE)
            return complete(burst);
        weft_error error = buffered(burst) != 0 ? WEFT_OK : fill(burst, deadline);
        if (error != WEFT_OK)
            return cut_short(burst, error);
    }
}

static weft_http_status some_chunked(weft__burst *burst, char *to, size_t size, size_t *got)
{
    uint64_t limit = stream_limit(burst);
    weft__h1_fault fault;
    while (*got < size) {
        weft_str data;
        weft__h1_outcome outcome = decode(burst, size - *got, limit, &data, &fault);
        if (outcome == WEFT__H1_BAD)
            return malformed(burst, &fault, limit);
        if (data.len != 0)
            memcpy(to + *got, data.at, data.len);
        *got += data.len;
        if (outcome == WEFT__H1_DONE)
            return complete(burst);
        if (buffered(burst) != 0)
            continue;
        if (*got != 0)
            break;
        weft_error error = fill(burst, WEFT_NEVER);
        if (error != WEFT_OK)
            return cut_short(burst, error);
    }
    return WEFT_HTTP_OK;
}

/* ---- for the request ------------------------------------------------------------------------- */

/* A limit that was raised is one of memory, too. */
static void make_room(weft__burst *burst)
{
    uint64_t wanted = burst->request.body_limit;
    if (wanted > burst->arena.limit / WEFT__ARENA_BODIES)
        burst->arena.limit = weft__arena_limit(wanted);
}

/* A client that has closed its side was not looked at while there was something to read. */
static weft_http_status look_again(weft__burst *burst, weft_http_status status)
{
    if (burst->visit->source->ready & WEFT__HANGUP)
        weft__visit_hang_up(burst->visit);
    return status;
}

static weft_http_status read_whole(weft_request *request)
{
    WEFT__HOLD_WORKER(); /* the handler calls it */
    weft__burst *burst = request->connection;
    make_room(burst);
    return look_again(burst, request->framing == WEFT__BODY_LENGTH ? whole_length(burst)
                                                                   : whole_chunked(burst));
}

static weft_http_status read_some(weft_request *request, void *to, size_t size, size_t *got)
{
    WEFT__HOLD_WORKER();
    weft__burst *burst = request->connection;
    if (too_long(burst))
        return too_large(burst, stream_limit(burst));
    if (request->body_state == WEFT__BODY_UNREAD)
        begin(burst);
    return look_again(burst, request->framing == WEFT__BODY_LENGTH
                                 ? some_length(burst, to, size, got)
                                 : some_chunked(burst, to, size, got));
}

void weft__body_begin(weft__burst *burst)
{
    static const weft__body_reader reader = {read_whole, read_some};
    weft_request *request = &burst->request;
    request->connection = burst;
    request->reader = request->framing == WEFT__BODY_NONE ? NULL : &reader;
    burst->left = request->content_length;
    if (request->framing == WEFT__BODY_CHUNKED) {
        burst->body_at = burst->at;
        burst->chunked = (weft__h1_chunked){.limits = &burst->visit->shard->server->limits,
                                            .trailers = &burst->trailers};
        weft_buffer_init(&burst->trailers, &burst->arena);
    }
}

bool weft__body_is_over(const weft__burst *burst)
{
    bool chunks = burst->request.framing == WEFT__BODY_CHUNKED;
    bool read = chunks ? weft__h1_chunked_ended(&burst->chunked) : burst->left == 0;
    return read && burst->at == burst->end;
}

/* ---- what the handler left ------------------------------------------------------------------- */

/* Whether the rest of a chunked body is here; drops it, but for a producer, who may want it. */
static bool chunks_over(weft__burst *burst)
{
    weft__h1_fault fault;
    weft__h1_outcome outcome;
    weft_str data;
    if (burst->response.flow != NULL)
        return weft__h1_chunked_ended(&burst->chunked);
    do
        outcome = decode(burst, SIZE_MAX, UINT64_MAX, &data, &fault);
    while (outcome == WEFT__H1_PARTIAL && buffered(burst) > 0);
    return outcome == WEFT__H1_DONE;
}

bool weft__body_passable(weft__burst *burst)
{
    const weft_request *request = &burst->request;
    if (weft__body_is_read(request))
        return true;
    if (request->body_state == WEFT__BODY_FAILED)
        return false;
    if (request->framing == WEFT__BODY_CHUNKED)
        return chunks_over(burst);
    if (burst->left <= buffered(burst))
        return true;
    /* A client that still waits for "100 Continue" may send the body or leave it out. */
    return !request->expects_continue && burst->left - buffered(burst) <= WEFT__DISCARD_MAX;
}

bool weft__body_skip(weft__burst *burst)
{
    if (burst->request.body_state == WEFT__BODY_FAILED)
        return false;
    if (burst->request.framing != WEFT__BODY_LENGTH || burst->left == 0)
        return true;
    int64_t deadline = weft_deadline_after(options(burst)->body_deadline);
    while (burst->left > buffered(burst)) {
        burst->left -= buffered(burst);
        burst->at = burst->end = 0;
        if (weft__burst_fill(burst, deadline) != WEFT_OK)
            return false;
    }
    burst->at += (size_t)burst->left;
    return true;
}
