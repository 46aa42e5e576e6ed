/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * layer/trace.c: the access log.
 */
#include "http/message.h"
#include <sys/random.h>
#include <weft/layer.h>
#include <weft/log.h>

enum {
    ID_DIGITS = 16,
    ID_MAX = 64, /* bytes of a client's id that are believed */
    FIELDS = 10,
};

/* Unlike its neighbours and, but for a chance of 2^-64 each, unlike any other process's: a sequence
 * per thread from a random start, mixed so that ids share no prefix (splitmix64). */
static uint64_t new_id(void)
{
    static _Thread_local uint64_t state;
    if (WEFT_UNLIKELY(state == 0) && getrandom(&state, sizeof state, GRND_NONBLOCK) < 0)
        state = (uint64_t)weft_clock_realtime();
    uint64_t id = state += UINT64_C(0x9E3779B97F4A7C15);
    id = (id ^ (id >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    id = (id ^ (id >> 27)) * UINT64_C(0x94D049BB133111EB);
    return id ^ (id >> 31);
}

/* The id that the client or a proxy gave the request, else a new one written at `to`. */
static weft_str request_id(const weft_request *request, char to[ID_DIGITS])
{
    weft_str given = weft_request_header(request, "x-request-id");
    if (given.len != 0 && given.len <= ID_MAX)
        return given;
    uint64_t id = new_id();
    for (int i = 0; i < ID_DIGITS; i++)
        to[i] = "0123456789abcdef"[id >> (60 - 4 * i) & 15];
    return (weft_str){to, ID_DIGITS};
}

typedef struct line {
    const weft_request *request;
    const weft_response *response;
    weft_log_level level;
    int64_t begun;
} line;

/* Bytes of the body that were, or will be, sent. */
static uint64_t bytes_of(const line *self)
{
    if (self->response->flow != NULL)
        return self->response->flow->sent;
    return self->request->method != WEFT_METHOD_HEAD ? self->response->body.len : 0;
}

static void write_line(void *arg)
{
    const line *self = arg;
    const weft_request *request = self->request;
    char id[ID_DIGITS], peer[WEFT_ADDRESS_TEXT];
    weft_log_field fields[FIELDS] = {
        WEFT_FIELD_STR("method", request->method_name),
        WEFT_FIELD_STR("path", request->path),
        WEFT_FIELD_I64("status", self->response->status),
        WEFT_FIELD_DURATION("duration", weft_clock_now() - self->begun),
        WEFT_FIELD_I64("bytes", (int64_t)bytes_of(self)),
        WEFT_FIELD_STR("request_id", request_id(request, id)),
    };
    size_t count = 6;
    if (request->route.len != 0)
        fields[count++] = WEFT_FIELD_STR("route", request->route);
    if (request->peer.len != 0)
        fields[count++] = WEFT_FIELD_STR("peer", weft_address_format(&request->peer, peer));
    if (self->response->flow != NULL && self->response->flow->cut)
        fields[count++] = WEFT_FIELD_STR("body", WEFT_STR("cut off"));
    if (__atomic_load_n(&request->abandoned, __ATOMIC_RELAXED))
        fields[count++] = WEFT_FIELD_STR("client", WEFT_STR("gone"));
    weft_log_event(self->level, "http", WEFT_STR("request"), fields, count);
}

/* When the body is not there yet: later. */
static WEFT_COLD void put_off(weft_request *request, const line *now)
{
    line *later = WEFT_NEW(request->arena, line);
    if (later != NULL)
        *later = *now;
    if (later == NULL || weft_request_defer(request, write_line, later) != WEFT_OK)
        write_line((void *)(uintptr_t)now);
}

weft_http_status weft__trace(const weft_layer *self, weft_request *request, weft_response *response,
                             weft_next *next)
{
    (void)self;
    line found = {.request = request, .response = response};
    found.begun = request->started != 0 ? request->started : weft_clock_now();
    weft_http_status status = weft_next_run(next, request, response);
    bool failed = status >= WEFT_HTTP_INTERNAL_SERVER_ERROR &&
                  !__atomic_load_n(&request->abandoned, __ATOMIC_RELAXED);
    found.level = failed ? WEFT_LOG_ERROR : WEFT_LOG_INFO;
    if (!weft_log_enabled(found.level))
        return status;
    if (WEFT_UNLIKELY(response->flow != NULL))
        put_off(request, &found);
    else
        write_line(&found);
    return status;
}
