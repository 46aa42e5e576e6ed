/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * weft/events.h: server-sent events (WHATWG HTML, "Server-sent events"): a response that goes on,
 * text that a browser's EventSource takes apart into events, and asks for again when it breaks.
 *
 *     static weft_error ticks(weft_events *events, void *arg)
 *     {
 *         for (;;) {
 *             WEFT_TRY(weft_events_send(events, &(weft_event){.data = WEFT_STR("tick")}));
 *             WEFT_TRY(weft_sleep(WEFT_SECOND));
 *         }
 *     }
 *
 *     static weft_http_status get_ticks(weft_response *response)
 *     {
 *         return weft_response_events(response, NULL, ticks, NULL);
 *     }
 */
#ifndef WEFT_EVENTS_H
#define WEFT_EVENTS_H

#include <weft/http.h>

#define WEFT_EVENTS_KEEP_ALIVE (15 * WEFT_SECOND) /* of silence until a comment is sent */

/* Zero means the default above; WEFT_NEVER switches it off. */
typedef struct weft_events_options {
    int64_t keep_alive;
} weft_events_options;

/* What of it is there (at != NULL, retry not 0) is sent, in UTF-8. */
typedef struct weft_event {
    weft_str event;   /* its name; without one it is a "message" */
    weft_str data;    /* may have lines; without data a browser tells nobody of the event */
    weft_str id;      /* what the client asks to go on after; empty: forget the last one */
    weft_str comment; /* for who reads the stream itself; may have lines */
    int64_t retry;    /* a duration: how long the client waits before it asks again */
} weft_event;

typedef struct weft_events weft_events;

/* Sends the events. It ends them by returning; an error cuts the connection, which the client takes
 * for a failure. When the client goes, or the server stops, it is cancelled: its waits return
 * WEFT_CANCELLED, which it returns. */
typedef weft_error weft_events_fn(weft_events *events, void *arg);

/* Makes the response a stream of what fn(events, arg) sends: 200, text/event-stream, not to be
 * cached or gathered on the way (Cache-Control, X-Accel-Buffering). fn runs on the request's fiber
 * when handler and layers have returned; `arg` and *options (NULL: defaults) must live in the
 * request's arena or longer. Returns WEFT_HTTP_OK, or INTERNAL_SERVER_ERROR out of memory or for a
 * negative interval. Never suspends. */
weft_http_status weft_response_events(weft_response *response, const weft_events_options *options,
                                      weft_events_fn *fn, void *arg)
    WEFT_NODISCARD WEFT_NONNULL(1, 3);

/* Sends one event; it is on its way when this returns. WEFT_INVALID, and nothing is sent: a name or
 * id with CR, LF or NUL, what is not UTF-8, a negative retry. WEFT_NO_MEMORY; once the client is
 * lost as weft_body_write. From the events' fiber, or others of its worker that end before it.
 * Suspends while the client is slow. */
weft_error weft_events_send(weft_events *events, const weft_event *event)
    WEFT_NODISCARD WEFT_NONNULL(1, 2);

/* The id of the last event that the client has seen of an earlier stream (Last-Event-ID); {NULL, 0}
 * when it says none. */
weft_str weft_events_last_id(const weft_events *events) WEFT_NONNULL(1);

#endif
