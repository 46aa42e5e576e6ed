/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * serve/flow.c: responses whose body is not in memory: parts of files, and what producers write.
 *
 * What a producer writes gathers in the burst's buffer, behind the head and whatever else waits
 * there. Of an unknown length it gathers as one chunk, before which room is left for its size; when
 * the buffer is full, or is flushed for any reason, the size is written and the chunk leaves. A
 * write as large as the buffer is sent from where it stands, as a chunk of its own.
 */
#include "runtime/hold.h"
#include "serve/burst.h"
#include <sys/socket.h>
#include <weft/runtime.h>

enum {
    SIZE_DIGITS = 4, /* of a chunk that fits into the buffer */
    SIZE_LINE = SIZE_DIGITS + 2,
    CHUNK_END = 2,
};
_Static_assert(WEFT__OUT_SIZE <= 0xffff, "the size of a chunk in the buffer has four hex digits");

typedef struct outflow {
    weft_body body;
    weft__burst *burst;
    weft__flow *flow;
    weft_buffer trailers; /* lines */
    size_t turn;          /* bytes until others have theirs */
} outflow;

/* ---- chunks in the buffer -------------------------------------------------------------------- */

static size_t hex(uint64_t number, char *to)
{
    size_t digits = 1;
    while (digits < 16 && number >> 4 * digits != 0)
        digits++;
    for (size_t i = 0; i < digits; i++)
        to[i] = "0123456789abcdef"[number >> 4 * (digits - 1 - i) & 15];
    return digits;
}

void weft__flow_end_chunk(weft__burst *burst)
{
    weft_buffer *out = &burst->out;
    char *data = out->at + burst->chunk, *line = data - SIZE_LINE;
    size_t len = out->len - burst->chunk;
    burst->chunk = 0;
    out->len -= SIZE_LINE + len;
    if (len == 0)
        return;
    size_t digits = hex(len, line);
    memcpy(line + digits, "\r\n", 2);
    if (digits < SIZE_DIGITS)
        memmove(line + digits + 2, data, len);
    memcpy(line + digits + 2 + len, "\r\n", CHUNK_END);
    out->len += digits + 2 + len + CHUNK_END;
}

static bool is_chunked(const outflow *self)
{
    return self->flow->length == WEFT_LENGTH_UNKNOWN && self->body.request->minor_version > 0;
}

/* Room in the buffer for data; 0: it has to be flushed first. */
static size_t room(outflow *self)
{
    weft_buffer *out = &self->burst->out;
    weft__batch_open(self->burst);
    size_t free = out->capacity - out->len;
    if (!is_chunked(self))
        return free;
    if (self->burst->chunk == 0 && free > SIZE_LINE + CHUNK_END) {
        out->len += SIZE_LINE;
        self->burst->chunk = out->len;
        free -= SIZE_LINE;
    }
    return free > CHUNK_END ? free - CHUNK_END : 0;
}

/* ---- what a producer calls ------------------------------------------------------------------- */

/* A client as fast as we are never makes us wait. */
static void take_turns(outflow *self, size_t len)
{
    if (len < self->turn) {
        self->turn -= len;
        return;
    }
    self->turn = WEFT__FILE_STEP;
    weft_yield();
}

static weft_error gather(outflow *self, const char *from, size_t len)
{
    while (len > 0) {
        size_t fits = room(self);
        if (fits == 0 && self->burst->out.at == NULL)
            return WEFT_NO_MEMORY;
        if (fits == 0) {
            WEFT_TRY(weft__burst_flush(self->burst));
            continue;
        }
        if (fits > len)
            fits = len;
        weft_buffer_append(&self->burst->out, from, fits);
        from += fits;
        len -= fits;
    }
    return WEFT_OK;
}

/* From where it stands. */
static weft_error send_large(outflow *self, const char *from, size_t len)
{
    weft__burst *burst = self->burst;
    char line[16 + 2];
    size_t digits = hex(len, line);
    memcpy(line + digits, "\r\n", 2);
    if (burst->chunk != 0)
        weft__flow_end_chunk(burst);
    weft__batch_open(burst);
    if (is_chunked(self))
        weft_buffer_append(&burst->out, line, digits + 2);
    if (burst->out.failed)
        return WEFT_NO_MEMORY;
    WEFT_TRY(weft__burst_flush(burst));
    WEFT_TRY(weft__burst_send(burst, from, len));
    weft__batch_open(burst);
    if (is_chunked(self))
        weft_buffer_append(&burst->out, "\r\n", 2);
    return WEFT_OK;
}

static weft_error put(outflow *self, const char *from, size_t len)
{
    if (from == NULL)
        return weft__burst_flush(self->burst);
    WEFT_TRY(len < WEFT__OUT_SIZE ? gather(self, from, len) : send_large(self, from, len));
    take_turns(self, len);
    return WEFT_OK;
}

/* Bytes, or NULL to flush. Stopping interrupts what the producer of an endless body waits for, but
 * not the writing of what it has got. */
static weft_error deliver(outflow *self, const char *from, size_t len)
{
    WEFT__HOLD_WORKER(); /* the producer calls it */
    if (!self->burst->visit->endless)
        return put(self, from, len);
    weft_shield shield = weft_shield_begin();
    weft_error error = put(self, from, len);
    weft_shield_end(shield);
    return error;
}

static weft_error write_body(weft_body *body, const void *from, size_t len)
{
    return deliver((outflow *)(void *)body, from, len);
}

static weft_error flush_body(weft_body *body)
{
    return deliver((outflow *)(void *)body, NULL, 0);
}

static weft_error add_trailer(weft_body *body, weft_str name, weft_str value)
{
    outflow *self = (outflow *)(void *)body;
    weft_buffer_append_str(&self->trailers, name);
    weft_buffer_append(&self->trailers, ": ", 2);
    weft_buffer_append_str(&self->trailers, value);
    weft_buffer_append(&self->trailers, "\r\n", 2);
    return self->trailers.failed ? WEFT_NO_MEMORY : WEFT_OK;
}

static void is_endless(weft_body *body)
{
    WEFT__HOLD_WORKER();
    weft__visit *visit = ((outflow *)(void *)body)->burst->visit;
    visit->endless = true;
    if (visit->shard->draining)
        weft__visit_drain(visit);
}

/* ---- running it ------------------------------------------------------------------------------ */

static bool wants_trailers(const weft_request *request)
{
    return weft__request_lists(request, WEFT_STR("TE"), WEFT_STR("trailers"));
}

/* The last chunk, if there are chunks. */
static void end_chunks(outflow *self)
{
    weft_buffer *out = &self->burst->out;
    if (self->burst->chunk != 0)
        weft__flow_end_chunk(self->burst);
    if (!is_chunked(self))
        return;
    weft__batch_open(self->burst);
    weft_buffer_append(out, "0\r\n", 3);
    if (wants_trailers(self->body.request))
        weft_buffer_append_str(out, weft_buffer_str(&self->trailers));
    weft_buffer_append(out, "\r\n", 2);
}

static WEFT_COLD void report(const weft_body *body, weft_error error)
{
    const weft_request *request = body->request;
    weft_str place = request->route.len != 0 ? request->route : request->path;
    weft_log(WEFT_LOG_ERROR, "http", "the producer of %.*s failed after %llu bytes: %s; cut off",
             WEFT_STR_ARGS(place), (unsigned long long)body->written,
             body->cause != NULL ? body->cause : weft_error_text(error));
}

/* Without a length and without chunks only a reset says that this is not the end. */
static weft_error cut(outflow *self, weft_error error)
{
    const struct linger at_once = {.l_onoff = 1};
    weft_error lost = self->body.error;
    self->flow->cut = true;
    if ((lost == WEFT_OK || lost == WEFT_LIMIT) && !self->body.request->abandoned) {
        report(&self->body, error);
        lost = weft__burst_flush(self->burst); /* the client sees what there was */
    }
    if (self->flow->length == WEFT_LENGTH_UNKNOWN && !is_chunked(self))
        setsockopt(self->burst->visit->source->fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    return lost == WEFT_OK ? WEFT_CLOSED : lost;
}

/* Of a body that stopping has ended: waits of its fiber fail from now on. */
static weft_error last_flush(outflow *self)
{
    weft__visit *visit = self->burst->visit;
    if (!visit->endless)
        return WEFT_OK;
    weft_error error = deliver(self, NULL, 0);
    visit->endless = false;
    return error;
}

static weft_error produce(weft__burst *burst)
{
    static const weft__body_calls calls = {write_body, flush_body, add_trailer, is_endless};
    weft__flow *flow = burst->response.flow;
    outflow self = {.body = {.calls = &calls, .request = &burst->request, .length = flow->length},
                    .burst = burst,
                    .flow = flow,
                    .turn = WEFT__FILE_STEP};
    weft_buffer_init(&self.trailers, &burst->arena);
    if (burst->out.capacity > WEFT__OUT_SIZE) /* grown: a chunk in it could be too large */
        self.body.error = weft__burst_flush(burst);
    if (self.body.error != WEFT_OK)
        return cut(&self, self.body.error);
    weft__loosen();
    weft_error error = weft__body_produce(&self.body, flow->produce, flow->arg);
    weft__hold();
    flow->sent = self.body.written;
    if (error == WEFT_CANCELLED && burst->visit->endless && burst->visit->shard->draining)
        error = self.body.error;
    if (error != WEFT_OK)
        return cut(&self, error);
    end_chunks(&self);
    return burst->out.failed ? WEFT_NO_MEMORY : last_flush(&self);
}

static weft_error send_file(weft__burst *burst)
{
    weft__flow *flow = burst->response.flow;
    weft_error error = weft__burst_flush(burst);
    if (error == WEFT_OK)
        error = weft__burst_send_file(burst, flow);
    flow->cut = error != WEFT_OK;
    return error;
}

weft_error weft__flow_send(weft__burst *burst, bool close)
{
    weft__shard *shard = burst->visit->shard;
    const weft_response *response = &burst->response;
    const char *date = weft__date_text(&shard->date, weft__worker_now());
    close = close && response->flow->kind != WEFT__FLOW_UPGRADE; /* it is said by Upgrade */
    if (response->flow->kind == WEFT__FLOW_STREAM && !WEFT_FAILED(response->status) &&
        weft__h1_body_follows(&burst->request, response))
        weft__body_invite(burst);
    weft__batch_open(burst);
    weft__h1_write_head(&burst->out, &burst->request, response, date, close);
    if (burst->out.failed)
        return WEFT_NO_MEMORY;
    burst->visit->begun = true;
    switch (response->flow->kind) {
    case WEFT__FLOW_FILE:
        return weft__h1_body_follows(&burst->request, response) ? send_file(burst) : WEFT_OK;
    case WEFT__FLOW_STREAM:
        return weft__h1_body_follows(&burst->request, response) ? produce(burst) : WEFT_OK;
    case WEFT__FLOW_UPGRADE:
        WEFT_TRY(weft__burst_flush(burst));
        if (response->status == WEFT_HTTP_SWITCHING_PROTOCOLS)
            weft__upgraded_serve(burst);
        break;
    }
    return WEFT_OK;
}
