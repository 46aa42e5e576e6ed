/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * http/events.c: server-sent events on a streamed response. Beside the fiber that sends them a
 * second one, of the same worker, breaks long silence with comments, so that no proxy takes the
 * connection for idle; both write under one lock. When a comment cannot be sent it cancels the
 * first; that the client is gone, or the server stops, is told to that one by serve.
 */
#include "http/message.h"
#include <weft/check.h>
#include <weft/events.h>
#include <weft/scope.h>
#include <weft/sync.h>

/* What weft_response_events was given; in the request's arena. */
typedef struct plan {
    weft_events_fn *fn;
    void *arg;
    int64_t keep_alive;
} plan;

struct weft_events {
    weft_body *body;
    const plan *plan;
    weft_fiber *producer;
    weft_mutex writing;
    int64_t sent;    /* when something was last */
    weft_error lost; /* why the client was */
};

/* ---- text ----------------------------------------------------------------------------------- */

/* Name and id are one line each. */
static bool is_line(weft_str s)
{
    for (size_t i = 0; i < s.len; i++)
        if (s.at[i] == '\r' || s.at[i] == '\n' || s.at[i] == '\0')
            return false;
    return weft_utf8_valid(s);
}

static bool event_valid(const weft_event *event)
{
    return is_line(event->event) && is_line(event->id) && weft_utf8_valid(event->data) &&
           weft_utf8_valid(event->comment) && event->retry >= 0;
}

/* Takes the first line, which CR LF, CR or LF ends; *rest becomes {NULL, 0} behind the last. */
static weft_str take_line(weft_str *rest)
{
    size_t len = 0;
    while (len < rest->len && rest->at[len] != '\r' && rest->at[len] != '\n')
        len++;
    weft_str line = {rest->at, len};
    if (len == rest->len)
        *rest = (weft_str){NULL, 0};
    else
        *rest = weft_str_skip(
            *rest,
            len + (weft_str_starts_with(weft_str_skip(*rest, len), WEFT_STR("\r\n")) ? 2 : 1));
    return line;
}

/* A field for each line of its value. */
static void put(weft_buffer *to, const char *name, weft_str value)
{
    while (value.at != NULL) {
        weft_str line = take_line(&value);
        weft_buffer_printf(to, "%s: ", name);
        weft_buffer_append_str(to, line);
        weft_buffer_append(to, "\n", 1);
    }
}

static void write_event(weft_buffer *to, const weft_event *event)
{
    put(to, "", event->comment);
    put(to, "event", event->event);
    put(to, "id", event->id);
    if (event->retry != 0)
        weft_buffer_printf(to, "retry: %lld\n", (long long)(event->retry / WEFT_MILLISECOND));
    put(to, "data", event->data);
    weft_buffer_append(to, "\n", 1);
}

/* ---- sending -------------------------------------------------------------------------------- */

static weft_error send_text(weft_events *events, weft_str text)
{
    WEFT_TRY(weft_mutex_lock(&events->writing, WEFT_NEVER));
    weft_error error = weft_body_write(events->body, text.at, text.len);
    if (error == WEFT_OK)
        error = weft_body_flush(events->body);
    events->sent = weft_clock_now();
    weft_mutex_unlock(&events->writing);
    return error;
}

weft_error weft_events_send(weft_events *events, const weft_event *event)
{
    weft_arena arena;
    weft_buffer text;
    if (!event_valid(event))
        return WEFT_INVALID;
    WEFT_TRY(weft_sleep(0)); /* who sends and never waits has to hear that it is cancelled, too */
    weft_arena_init(&arena, SIZE_MAX);
    weft_buffer_init(&text, &arena);
    write_event(&text, event);
    weft_error error = text.failed ? WEFT_NO_MEMORY : send_text(events, weft_buffer_str(&text));
    weft_arena_reset(&arena);
    return error;
}

weft_str weft_events_last_id(const weft_events *events)
{
    return weft_request_header(weft_body_request(events->body), "last-event-id");
}

/* ---- comments ------------------------------------------------------------------------------- */

static int64_t next_comment(const weft_events *events)
{
    int64_t at;
    return __builtin_add_overflow(events->sent, events->plan->keep_alive, &at) ? WEFT_NEVER : at;
}

static weft_error keep_alive(void *arg)
{
    weft_events *events = arg;
    weft_error error = WEFT_OK;
    while (error == WEFT_OK) {
        WEFT_TRY(weft_sleep_until(next_comment(events)));
        if (weft_clock_now() >= next_comment(events))
            error = send_text(events, WEFT_STR(":\n\n"));
    }
    if (error == WEFT_CANCELLED) /* the events have ended */
        return error;
    events->lost = error;
    WEFT_LENT(events->producer); /* which waits for this fiber */
    weft_fiber_cancel(events->producer);
    return WEFT_OK;
}

static weft_error produce(weft_body *body, void *arg)
{
    const plan *given = arg;
    weft_scope scope;
    weft_events events = {
        .body = body, .plan = given, .producer = weft_fiber_current(), .sent = weft_clock_now()};
    weft_body_endless(body);
    WEFT_TRY(weft_body_flush(body)); /* the head */
    weft_scope_enter(&scope, WEFT_SCOPE_ALL);
    weft_error error = weft_scope_spawn(&scope, "keep-alive", keep_alive, &events);
    if (error == WEFT_OK)
        error = given->fn(&events, given->arg);
    weft_scope_cancel(&scope);
    weft_error left = weft_scope_leave(&scope);
    (void)left; /* that it was cancelled */
    return events.lost != WEFT_OK ? events.lost : error;
}

/* ---- the response --------------------------------------------------------------------------- */

weft_http_status weft_response_events(weft_response *response, const weft_events_options *options,
                                      weft_events_fn *fn, void *arg)
{
    plan *made = WEFT_NEW(response->arena, plan);
    int64_t keep_alive = options != NULL ? options->keep_alive : 0;
    if (made == NULL || keep_alive < 0 ||
        weft_response_header_set(response, WEFT_STR("Cache-Control"), WEFT_STR("no-cache")) !=
            WEFT_OK ||
        weft_response_header_set(response, WEFT_STR("X-Accel-Buffering"), WEFT_STR("no")) !=
            WEFT_OK)
        return WEFT_HTTP_INTERNAL_SERVER_ERROR;
    *made = (plan){fn, arg, keep_alive != 0 ? keep_alive : WEFT_EVENTS_KEEP_ALIVE};
    return weft_response_stream(response, WEFT_STR("text/event-stream"), WEFT_LENGTH_UNKNOWN,
                                produce, made);
}
