/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * http/body.c: bodies in pieces, as handlers and layers see them. Where the bytes come from and go
 * to is known to who answers: serve, a test, a layer that changes them on their way.
 */
#include "http/message.h"
#include <unistd.h>
#include <weft/log.h>

/* ---- requests -------------------------------------------------------------------------------- */

static weft_http_status take_some(weft_request *request, void *to, size_t size, size_t *got)
{
    if (request->reader == NULL) {
        request->body_state = WEFT__BODY_ENDED;
        return WEFT_HTTP_OK;
    }
    weft_http_status status = request->reader->some(request, to, size, got);
    if (WEFT_FAILED(status)) {
        request->body_state = WEFT__BODY_FAILED;
        request->body_status = status;
    } else {
        request->body_state = *got != 0 ? WEFT__BODY_BEGUN : WEFT__BODY_ENDED;
    }
    return status;
}

static size_t take_of_whole(weft_request *request, void *to, size_t size)
{
    weft_str left = weft_str_skip(request->body, request->body_taken);
    size_t len = left.len < size ? left.len : size;
    if (len != 0)
        memcpy(to, left.at, len);
    request->body_taken += len;
    return len;
}

weft_http_status weft_request_read(weft_request *request, void *to, size_t size, size_t *got)
{
    *got = 0;
    switch (request->body_state) {
    case WEFT__BODY_UNREAD:
    case WEFT__BODY_BEGUN: return size != 0 ? take_some(request, to, size, got) : WEFT_HTTP_OK;
    case WEFT__BODY_READ: *got = take_of_whole(request, to, size); return WEFT_HTTP_OK;
    case WEFT__BODY_ENDED: return WEFT_HTTP_OK;
    case WEFT__BODY_FAILED: break;
    }
    return request->body_status;
}

void weft_request_body_limit(weft_request *request, uint64_t bytes)
{
    request->body_limit = bytes;
}

weft_str weft_request_trailer(const weft_request *request, const char *name)
{
    return weft__lines_find(request->trailers, weft_str_from(name));
}

weft_error weft_request_defer(weft_request *request, void (*fn)(void *arg), void *arg)
{
    weft__deferred *deferred = WEFT_NEW(request->arena, weft__deferred);
    if (deferred == NULL)
        return WEFT_NO_MEMORY;
    *deferred = (weft__deferred){request->deferred, fn, arg};
    request->deferred = deferred;
    return WEFT_OK;
}

void weft__request_finish(weft_request *request)
{
    while (request->deferred != NULL) {
        weft__deferred *last = request->deferred;
        request->deferred = last->next;
        last->fn(last->arg);
    }
}

/* ---- responses ------------------------------------------------------------------------------- */

weft_http_status weft_response_stream(weft_response *response, weft_str content_type,
                                      uint64_t length, weft_body_fn *produce, void *arg)
{
    weft_response_body_clear(response);
    weft__flow *flow = WEFT_NEW(response->arena, weft__flow);
    if (flow == NULL)
        return WEFT_HTTP_INTERNAL_SERVER_ERROR;
    *flow = (weft__flow){
        .kind = WEFT__FLOW_STREAM, .length = length, .produce = produce, .arg = arg};
    weft_response_body(response, content_type);
    response->flow = flow;
    return WEFT_HTTP_OK;
}

weft_error weft_body_write(weft_body *body, const void *from, size_t len)
{
    if (body->error != WEFT_OK || len == 0)
        return body->error;
    if (len > body->length - body->written)
        body->error = WEFT_LIMIT;
    else
        body->error = body->calls->write(body, from, len);
    body->written += body->error == WEFT_OK ? len : 0;
    return body->error;
}

weft_error weft_body_flush(weft_body *body)
{
    if (body->error == WEFT_OK)
        body->error = body->calls->flush(body);
    return body->error;
}

weft_error weft_body_trailer(weft_body *body, weft_str name, weft_str value)
{
    if (!weft__trailer_valid(name, value) || body->length != WEFT_LENGTH_UNKNOWN)
        return WEFT_INVALID;
    return body->calls->trailer(body, name, value);
}

void weft_body_endless(weft_body *body)
{
    body->calls->endless(body);
}

weft_request *weft_body_request(const weft_body *body)
{
    return body->request;
}

weft_error weft__body_produce(weft_body *body, weft_body_fn *produce, void *arg)
{
    weft_error error = produce(body, arg);
    if (body->error == WEFT_LIMIT)
        body->cause = "it wrote more than it had announced";
    if (error != WEFT_OK || body->error != WEFT_OK)
        return error != WEFT_OK ? error : body->error;
    if (body->length == WEFT_LENGTH_UNKNOWN || body->length == body->written)
        return WEFT_OK;
    body->cause = "it wrote less than it had announced";
    return WEFT_LIMIT;
}

/* ---- into memory ----------------------------------------------------------------------------- */

static weft_error gather_file(weft_response *response)
{
    const weft__flow *file = response->flow;
    while (response->body.len < file->length) {
        size_t left = (size_t)(file->length - response->body.len);
        char *to = weft_buffer_reserve(&response->body, left);
        if (to == NULL)
            return WEFT_NO_MEMORY;
        ssize_t got = pread(file->fd, to, left, (off_t)(file->offset + response->body.len));
        if (got <= 0)
            return WEFT_IO;
        response->body.len += (size_t)got;
    }
    return WEFT_OK;
}

typedef struct gathering {
    weft_body body;
    weft_buffer *to;
} gathering;

static weft_error gather_write(weft_body *body, const void *from, size_t len)
{
    const gathering *self = (gathering *)(void *)body;
    weft_buffer_append(self->to, from, len);
    return self->to->failed ? WEFT_NO_MEMORY : WEFT_OK;
}

static weft_error gather_flush(weft_body *body)
{
    (void)body;
    return WEFT_OK;
}

static weft_error gather_trailer(weft_body *body, weft_str name, weft_str value)
{
    (void)body;
    (void)name;
    (void)value;
    return WEFT_OK;
}

static void gather_endless(weft_body *body)
{
    (void)body;
}

static weft_error gather_stream(weft_request *request, weft_response *response)
{
    static const weft__body_calls calls = {gather_write, gather_flush, gather_trailer,
                                           gather_endless};
    const weft__flow *flow = response->flow;
    gathering self = {{.calls = &calls, .request = request, .length = flow->length},
                      &response->body};
    return weft__body_produce(&self.body, flow->produce, flow->arg);
}

weft_error weft__response_gather(weft_request *request, weft_response *response)
{
    weft_error error = WEFT_OK;
    if (response->flow == NULL)
        return WEFT_OK;
    if (response->flow->kind == WEFT__FLOW_FILE)
        error = gather_file(response);
    else if (response->flow->kind == WEFT__FLOW_STREAM)
        error = gather_stream(request, response);
    weft__response_finish(response);
    return error;
}
