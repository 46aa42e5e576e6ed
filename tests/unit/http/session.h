/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * tests/unit/http/session.h: a connection without a socket. Bytes go in, cut in any way; requests
 * come out as text, so that two runs can be compared. Each call of a parser gets its bytes in an
 * allocation of exactly their size, so that a sanitizer sees one byte too many.
 */
#ifndef WEFT_TESTS_HTTP_SESSION_H
#define WEFT_TESTS_HTTP_SESSION_H

#include "http/h1/h1.h"
#include <stdio.h>
#include <stdlib.h>

typedef enum session_phase { AT_HEAD, AT_LENGTH, AT_CHUNKED, AT_CLOSE, AT_FAULT } session_phase;

typedef struct session {
    weft__h1_limits limits;
    session_phase phase;
    size_t requests;      /* complete ones */
    weft__h1_fault fault; /* AT_FAULT */
    weft_buffer record;   /* requests: line, fields but Host, body */
    size_t complete;      /* how much of the record is complete requests */
    weft_buffer facts;    /* what else the parser said */

    weft_arena memory;   /* of the buffers */
    weft_arena arena;    /* of the present request */
    weft_buffer pending; /* bytes not yet consumed */
    weft_request request;
    weft__h1_kept *kept; /* NULL: every head is parsed */
    weft__h1_chunked chunked;
    uint64_t left;
} session;

static void session_init(session *s)
{
    *s = (session){0};
    weft_arena_init(&s->memory, 0);
    weft_arena_init(&s->arena, 0);
    weft_buffer_init(&s->record, &s->memory);
    weft_buffer_init(&s->facts, &s->memory);
    weft_buffer_init(&s->pending, &s->memory);
    weft__request_init(&s->request, &s->arena);
}

static void session_finish(session *s)
{
    weft_arena_reset(&s->arena);
    weft_arena_reset(&s->memory);
}

static void session_record_head(session *s)
{
    const weft_request *r = &s->request;
    weft_buffer_printf(&s->record, "%.*s %.*s\n", WEFT_STR_ARGS(r->method_name),
                       WEFT_STR_ARGS(r->target));
    for (size_t i = 0; i < r->field_count; i++) {
        weft_str name = r->fields[i].name;
        if (weft_str_equal_nocase(name, WEFT_STR("host")))
            continue;
        for (size_t k = 0; k < name.len; k++) {
            char c = name.at[k];
            c = (char)(c >= 'A' && c <= 'Z' ? c | 0x20 : c);
            weft_buffer_append(&s->record, &c, 1);
        }
        weft_buffer_append(&s->record, ": ", 2);
        weft_buffer_append_str(&s->record, r->fields[i].value);
        weft_buffer_append(&s->record, "\n", 1);
    }
    weft_buffer_append(&s->record, "\n", 1);
    weft_buffer_printf(&s->facts, "m%d v%d k%d e%d f%d l%llu n%zu path %.*s query %.*s host %.*s\n",
                       r->method, r->minor_version, r->keep_alive, r->expects_continue, r->framing,
                       (unsigned long long)r->content_length, r->field_count,
                       WEFT_STR_ARGS(r->path), WEFT_STR_ARGS(r->query), WEFT_STR_ARGS(r->host));
}

static void session_request_done(session *s)
{
    weft_buffer_append(&s->record, "\n", 1);
    s->requests++;
    s->complete = s->record.len;
    s->phase = s->request.keep_alive ? AT_HEAD : AT_CLOSE;
    weft_arena_reset(&s->arena);
    weft__request_init(&s->request, &s->arena);
    s->request.kept = s->kept;
}

static void session_head(session *s, const char *bytes, size_t len, size_t *used)
{
    switch (weft__h1_parse(bytes, len, &s->limits, &s->request, used, &s->fault)) {
    case WEFT__H1_PARTIAL: *used = 0; return;
    case WEFT__H1_BAD: s->phase = AT_FAULT; return;
    case WEFT__H1_DONE: break;
    }
    session_record_head(s);
    s->left = s->request.content_length;
    s->chunked = (weft__h1_chunked){0};
    if (s->request.framing == WEFT__BODY_CHUNKED)
        s->phase = AT_CHUNKED;
    else if (s->request.framing == WEFT__BODY_LENGTH && s->left != 0)
        s->phase = AT_LENGTH;
    else
        session_request_done(s);
}

static void session_length(session *s, const char *bytes, size_t len, size_t *used)
{
    *used = s->left < len ? (size_t)s->left : len;
    weft_buffer_append(&s->record, bytes, *used);
    s->left -= *used;
    if (s->left == 0)
        session_request_done(s);
}

static void session_chunked(session *s, const char *bytes, size_t len, size_t *used)
{
    weft_str data;
    weft__h1_outcome outcome = weft__h1_chunked_take(&s->chunked, bytes, len, used, &data,
                                                     &s->fault);
    weft_buffer_append_str(&s->record, data);
    if (outcome == WEFT__H1_BAD)
        s->phase = AT_FAULT;
    else if (outcome == WEFT__H1_DONE)
        session_request_done(s);
}

/* One step; false when nothing more can be done with these bytes. */
static bool session_take(session *s, const char *bytes, size_t len, size_t *used)
{
    session_phase before = s->phase;
    *used = 0;
    if (before >= AT_CLOSE || len == 0)
        return false;
    if (before == AT_HEAD)
        session_head(s, bytes, len, used);
    else if (before == AT_LENGTH)
        session_length(s, bytes, len, used);
    else
        session_chunked(s, bytes, len, used);
    return *used != 0 || s->phase != before;
}

/* The same with what is pending. */
static bool session_step(session *s)
{
    size_t len = s->pending.len, used = 0;
    if (len == 0)
        return false;
    char *exact = malloc(len);
    memcpy(exact, s->pending.at, len);
    bool more = session_take(s, exact, len, &used);
    free(exact);
    memmove(s->pending.at, s->pending.at + used, len - used);
    s->pending.len -= used;
    return more;
}

static void session_feed(session *s, const char *bytes, size_t len)
{
    weft_buffer_append(&s->pending, bytes, len);
    while (session_step(s))
        ;
}

/* Whether two runs over the same bytes came out alike. */
static bool session_same(const session *a, const session *b)
{
    return a->phase == b->phase && a->requests == b->requests &&
           a->fault.status == b->fault.status && a->fault.reason == b->fault.reason &&
           weft_str_equal(weft_buffer_str(&a->record), weft_buffer_str(&b->record)) &&
           weft_str_equal(weft_buffer_str(&a->facts), weft_buffer_str(&b->facts)) &&
           (a->phase >= AT_CLOSE || a->pending.len == b->pending.len);
}

/* Feeds in pieces: the first of `first` bytes, then of `step` bytes each; true when the outcome is
 * that of `whole`. */
static bool session_cut_same(const session *whole, const char *bytes, size_t len, size_t first,
                             size_t step)
{
    session s;
    session_init(&s);
    s.limits = whole->limits;
    session_feed(&s, bytes, first);
    for (size_t at = first; at < len; at += step)
        session_feed(&s, bytes + at, len - at < step ? len - at : step);
    bool same = session_same(whole, &s);
    if (!same)
        fprintf(stderr, "cut %zu then %zu: phase %d/%d requests %zu/%zu status %d/%d (%s / %s)\n",
                first, step, whole->phase, s.phase, whole->requests, s.requests,
                whole->fault.status, s.fault.status,
                whole->fault.reason ? whole->fault.reason : "-",
                s.fault.reason ? s.fault.reason : "-");
    session_finish(&s);
    return same;
}

/* Whether the bytes twice in a row come out as ever where fields that come again are taken over
 * instead of being parsed. */
static inline bool session_again_same(const session *whole, const char *bytes, size_t len)
{
    session plain, kept;
    session_init(&plain);
    session_init(&kept);
    plain.limits = kept.limits = whole->limits;
    kept.kept = kept.request.kept = &(weft__h1_kept){0};
    char *twice = malloc(2 * len + 1); /* stays in its place, as what a burst reads */
    memcpy(twice, bytes, len);
    memcpy(twice + len, bytes, len);
    session_feed(&plain, twice, 2 * len);
    size_t at = 0, used;
    while (session_take(&kept, twice + at, 2 * len - at, &used))
        at += used;
    kept.pending.len = 2 * len - at;
    bool same = session_same(&plain, &kept);
    if (!same)
        fprintf(stderr, "again: phase %d/%d requests %zu/%zu status %d/%d\n", plain.phase,
                kept.phase, plain.requests, kept.requests, plain.fault.status, kept.fault.status);
    free(twice);
    session_finish(&plain);
    session_finish(&kept);
    return same;
}

/* One byte at a time, and in two pieces at every offset. */
static inline bool session_all_cuts_same(const session *whole, const char *bytes, size_t len)
{
    bool same = session_again_same(whole, bytes, len) && session_cut_same(whole, bytes, len, 0, 1);
    for (size_t first = 1; same && first < len; first++)
        same = session_cut_same(whole, bytes, len, first, len);
    return same;
}

#endif
