/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * serve/body.c: reads a request's body when the handler asks for it, and gets past it when it did
 * not. A body that is wholly in the read buffer is a view of it; any other is put together in the
 * request's arena.
 */
#include "serve/burst.h"

/* What is reported here is remembered by weft_request_body, which asks only once. */

static weft_http_status too_large(weft__burst *burst)
{
    return weft_rejectf(&burst->request, WEFT_HTTP_CONTENT_TOO_LARGE,
                        "the body is larger than the limit of %zu bytes",
                        burst->visit->shard->server->options.body_limit);
}

static weft_http_status out_of_memory(weft__burst *burst)
{
    return weft_rejectf(&burst->request, WEFT_HTTP_INTERNAL_SERVER_ERROR, "no memory for the body");
}

static weft_http_status cut_short(weft__burst *burst, weft_error error)
{
    if (error == WEFT_TIMED_OUT)
        return weft_rejectf(&burst->request, WEFT_HTTP_REQUEST_TIMEOUT,
                            "the body did not arrive in time");
    return weft_rejectf(&burst->request, WEFT_HTTP_BAD_REQUEST,
                        "the connection ended before the body did");
}

static weft_http_status complete(weft_request *request, weft_str body)
{
    request->body = body;
    return WEFT_HTTP_OK;
}

static size_t buffered(const weft__burst *burst)
{
    return burst->end - burst->at;
}

/* Tells a client that waits for it that the body is wanted; sent with the next wait. */
static void invite(weft__burst *burst)
{
    if (burst->request.expects_continue && buffered(burst) == 0)
        weft_buffer_append_str(&burst->out, WEFT_STR("HTTP/1.1 100 Continue\r\n\r\n"));
    burst->request.expects_continue = false;
}

static int64_t body_deadline(const weft__burst *burst)
{
    return weft_deadline_after(burst->visit->shard->server->options.body_deadline);
}

static weft_http_status read_length(weft__burst *burst)
{
    weft_request *request = &burst->request;
    if (request->content_length > burst->visit->shard->server->options.body_limit)
        return too_large(burst);
    size_t len = (size_t)request->content_length;
    if (buffered(burst) >= len) {
        burst->at += len;
        return complete(request, (weft_str){burst->in + burst->at - len, len});
    }
    char *body = weft_arena_alloc(request->arena, len, 1);
    if (body == NULL)
        return out_of_memory(burst);
    invite(burst);
    size_t have = buffered(burst);
    memcpy(body, burst->in + burst->at, have);
    burst->at = burst->end;
    int64_t deadline = body_deadline(burst);
    while (have < len) {
        size_t got;
        weft_error error = weft__burst_read(burst, body + have, len - have, &got, deadline);
        if (error != WEFT_OK)
            return cut_short(burst, error);
        have += got;
    }
    return complete(request, (weft_str){body, len});
}

/* Decodes what is buffered into `body` (NULL: drops it), at most `limit` bytes. */
static weft__h1_outcome decode(weft__burst *burst, weft_buffer *body, size_t limit,
                               weft__h1_fault *fault)
{
    weft__h1_outcome outcome = WEFT__H1_PARTIAL;
    while (outcome == WEFT__H1_PARTIAL && buffered(burst) > 0) {
        size_t used;
        weft_str data;
        outcome = weft__h1_chunked_take(&burst->chunked, burst->in + burst->at, buffered(burst),
                                        &used, &data, fault);
        burst->at += used;
        if (outcome == WEFT__H1_BAD)
            break;
        if (burst->chunked.data > limit) {
            *fault = (weft__h1_fault){WEFT_HTTP_CONTENT_TOO_LARGE, NULL};
            return WEFT__H1_BAD;
        }
        if (body != NULL)
            weft_buffer_append_str(body, data);
    }
    return outcome;
}

static weft_http_status read_chunked(weft__burst *burst)
{
    weft_request *request = &burst->request;
    size_t limit = burst->visit->shard->server->options.body_limit;
    size_t start = burst->at; /* what stands before it are the request's own views */
    weft__h1_fault fault;
    weft_buffer body;
    weft_buffer_init(&body, request->arena);
    invite(burst);
    int64_t deadline = body_deadline(burst);
    for (;;) {
        weft__h1_outcome outcome = decode(burst, &body, limit, &fault);
        if (body.failed)
            return out_of_memory(burst);
        if (outcome == WEFT__H1_DONE)
            return complete(request, weft_buffer_str(&body));
        if (outcome == WEFT__H1_BAD && fault.status == WEFT_HTTP_CONTENT_TOO_LARGE)
            return too_large(burst);
        if (outcome == WEFT__H1_BAD)
            return weft_rejectf(request, fault.status, "%s", fault.reason);
        burst->at = burst->end = start;
        weft_error error = weft__burst_fill(burst, deadline);
        if (error != WEFT_OK)
            return cut_short(burst, error);
    }
}

static weft_http_status read_body(weft_request *request)
{
    weft__burst *burst = request->connection;
    return request->framing == WEFT__BODY_LENGTH ? read_length(burst) : read_chunked(burst);
}

void weft__body_begin(weft__burst *burst)
{
    weft_request *request = &burst->request;
    request->connection = burst;
    request->read_body = request->framing == WEFT__BODY_NONE ? NULL : read_body;
    burst->chunked = (weft__h1_chunked){0};
}

bool weft__body_passable(weft__burst *burst)
{
    const weft_request *request = &burst->request;
    if (request->framing == WEFT__BODY_NONE || request->body_state == WEFT__BODY_READ)
        return true;
    if (request->body_state == WEFT__BODY_FAILED)
        return false;
    if (request->framing == WEFT__BODY_CHUNKED) {
        weft__h1_fault fault;
        return decode(burst, NULL, SIZE_MAX, &fault) == WEFT__H1_DONE;
    }
    if (request->content_length <= buffered(burst))
        return true;
    /* A client that still waits for "100 Continue" may send the body or leave it out. */
    return !request->expects_continue &&
           request->content_length - buffered(burst) <= WEFT__DISCARD_MAX;
}

bool weft__body_skip(weft__burst *burst)
{
    const weft_request *request = &burst->request;
    if (request->framing != WEFT__BODY_LENGTH || request->body_state != WEFT__BODY_UNREAD)
        return true;
    uint64_t left = request->content_length;
    int64_t deadline = body_deadline(burst);
    while (left > buffered(burst)) {
        left -= buffered(burst);
        burst->at = burst->end = 0;
        if (weft__burst_fill(burst, deadline) != WEFT_OK)
            return false;
    }
    burst->at += (size_t)left;
    return true;
}
