/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * talk: a server for tests of WebSocket and server-sent events: routes that echo under various
 * options, and that send, close and wait in the ways that matter. How each conversation ended is
 * logged. What weftgen would write is written by hand here. TALK_DRAIN_DEADLINE_MS is the
 * server's.
 */
#include <stdio.h>
#include <stdlib.h>
#include <weft/weft.h>

static uint64_t path_number(const weft_request *request, const char *name)
{
    uint64_t number;
    return weft_text_to_u64(weft_request_param(request, name), UINT32_MAX, &number) ? number : 0;
}

/* ---- WebSocket: echoes ---------------------------------------------------------------------- */

static void log_end(const weft_websocket *socket, weft_error error)
{
    weft_request *request = weft_websocket_request(socket);
    const weft_log_field fields[] = {
        WEFT_FIELD_STR("path", weft_request_path(request)),
        WEFT_FIELD_STR("error", weft_str_from(weft_error_name(error))),
        WEFT_FIELD_I64("code", weft_websocket_code_of(socket)),
        WEFT_FIELD_STR("reason", weft_websocket_reason_of(socket)),
    };
    weft_log_event(WEFT_LOG_INFO, "talk", WEFT_STR("over"), fields, 4);
}

static void echo(weft_websocket *socket, void *arg)
{
    weft_websocket_message message;
    weft_error error;
    (void)arg;
    while ((error = weft_websocket_receive(socket, &message, WEFT_NEVER)) == WEFT_OK) {
        error = weft_websocket_send(socket, message.kind, message.data);
        if (error != WEFT_OK)
            break;
    }
    log_end(socket, error);
}

#define ECHO(name, ...)                                                          \
    static weft_http_status name(weft_request *request, weft_response *response) \
    {                                                                            \
        static const weft_websocket_options options = {__VA_ARGS__};             \
        return weft_websocket_upgrade(request, response, &options, echo, NULL);  \
    }

ECHO(plain, .protocols = "chat.v2, chat.v1", .message_limit = 16u << 20, .frame_limit = 16u << 20)
ECHO(small, .message_limit = 1000, .frame_limit = 600)
ECHO(deflating, .compression = WEFT_WEBSOCKET_DEFLATE, .message_limit = 4u << 20)
ECHO(sharing, .compression = WEFT_WEBSOCKET_DEFLATE_SHARED, .message_limit = 4u << 20)
ECHO(narrow, .compression = WEFT_WEBSOCKET_DEFLATE_SHARED, .window_bits = 9)
ECHO(origins, .origins = "https://app.example.org, https://example.org")
ECHO(any_origin, .origins = "*")
ECHO(wrong_option, .window_bits = 16)
ECHO(fast, .ping_interval = 200 * WEFT_MILLISECOND, .pong_deadline = 300 * WEFT_MILLISECOND,
     .message_deadline = 600 * WEFT_MILLISECOND, .write_deadline = 500 * WEFT_MILLISECOND,
     .close_deadline = 300 * WEFT_MILLISECOND)

static weft_http_status defaults(weft_request *request, weft_response *response)
{
    return weft_websocket_upgrade(request, response, NULL, echo, NULL);
}

/* ---- WebSocket: sending --------------------------------------------------------------------- */

/* One message in pieces: the digits again and again. */
static void send_pieces(weft_websocket *socket, void *arg)
{
    const weft_request *request = weft_websocket_request(socket);
    uint64_t count = path_number(request, "count"), size = path_number(request, "size");
    weft_websocket_message message;
    char *piece = malloc(size + 1);
    (void)arg;
    for (uint64_t i = 0; piece != NULL && i < size; i++)
        piece[i] = (char)('0' + i % 10);
    weft_error error = weft_websocket_begin(socket, WEFT_WEBSOCKET_TEXT);
    for (uint64_t i = 0; i < count && error == WEFT_OK; i++)
        error = weft_websocket_write(socket, (weft_str){piece, size});
    if (error == WEFT_OK)
        error = weft_websocket_end(socket);
    while (error == WEFT_OK)
        error = weft_websocket_receive(socket, &message, WEFT_NEVER);
    free(piece);
    log_end(socket, error);
}

/* Numbers from a fiber of their own, while this one echoes. */
static weft_error send_numbers(void *arg)
{
    weft_websocket *socket = arg;
    uint64_t count = path_number(weft_websocket_request(socket), "count");
    for (uint64_t i = 0; i < count; i++) {
        char text[32];
        snprintf(text, sizeof text, "%llu", (unsigned long long)i);
        WEFT_TRY(weft_websocket_send_text(socket, weft_str_from(text)));
    }
    return WEFT_OK;
}

static weft_error send_blocks(void *arg)
{
    static char block[100000];
    weft_websocket *socket = arg;
    uint64_t count = path_number(weft_websocket_request(socket), "count");
    for (uint64_t i = 0; i < count; i++)
        WEFT_TRY(weft_websocket_send_binary(socket, (weft_str){block, sizeof block}));
    return WEFT_OK;
}

/* Waits for nothing, until it is cancelled. */
static weft_error send_nothing(void *arg)
{
    (void)arg;
    return weft_sleep_until(WEFT_NEVER);
}

static weft_error close_later(void *arg)
{
    WEFT_TRY(weft_sleep(100 * WEFT_MILLISECOND));
    return weft_websocket_close(arg, 4001, WEFT_STR("enough"));
}

static void with_another(weft_websocket *socket, void *arg)
{
    static weft_scope_fn *const others[] = {send_numbers, send_nothing, close_later, send_blocks};
    weft_scope scope;
    weft_scope_enter(&scope, WEFT_SCOPE_ALL);
    weft_error error = weft_scope_spawn(&scope, "other", others[(uintptr_t)arg], socket);
    if (error == WEFT_OK)
        echo(socket, NULL);
    weft_scope_cancel(&scope);
    error = weft_scope_leave(&scope);
    (void)error;
}

/* Sends until nobody takes it any more. */
static void flood(weft_websocket *socket, void *arg)
{
    static char many[100000];
    weft_error error = WEFT_OK;
    (void)arg;
    while (error == WEFT_OK)
        error = weft_websocket_send_binary(socket, (weft_str){many, sizeof many});
    log_end(socket, error);
}

static void close_at_once(weft_websocket *socket, void *arg)
{
    weft_websocket_message message;
    unsigned code = (unsigned)path_number(weft_websocket_request(socket), "code");
    weft_error error = weft_websocket_close(socket, code, WEFT_STR("because"));
    (void)arg;
    if (error == WEFT_INVALID && weft_websocket_send_text(socket, WEFT_STR("invalid")) != WEFT_OK)
        return;
    if (error == WEFT_OK && weft_websocket_send_text(socket, WEFT_STR("late")) != WEFT_CLOSED)
        abort();
    if (error == WEFT_OK && weft_websocket_close(socket, 1000, WEFT_STR("")) != WEFT_CLOSED)
        abort();
    error = weft_websocket_receive(socket, &message, WEFT_NEVER);
    log_end(socket, error);
}

static void leave_at_once(weft_websocket *socket, void *arg)
{
    (void)socket, (void)arg;
}

/* What is refused says so, and the conversation goes on. */
static void misuse(weft_websocket *socket, void *arg)
{
    weft_websocket_message message;
    (void)arg;
    if (weft_websocket_send_text(socket, WEFT_STR("\xff")) == WEFT_INVALID &&
        weft_websocket_send(socket, 0, WEFT_STR("")) == WEFT_INVALID &&
        weft_websocket_write(socket, WEFT_STR("x")) == WEFT_INVALID &&
        weft_websocket_end(socket) == WEFT_INVALID &&
        weft_websocket_begin(socket, WEFT_WEBSOCKET_TEXT) == WEFT_OK &&
        weft_websocket_write(socket, WEFT_STR("\xce")) == WEFT_OK &&
        weft_websocket_write(socket, WEFT_STR("\xba")) == WEFT_OK &&
        weft_websocket_end(socket) == WEFT_OK &&
        weft_websocket_receive(socket, &message, weft_deadline_after(0)) == WEFT_TIMED_OUT &&
        weft_websocket_send_text(socket, WEFT_STR("well")) == WEFT_OK &&
        weft_websocket_begin(socket, WEFT_WEBSOCKET_TEXT) == WEFT_OK &&
        weft_websocket_write(socket, WEFT_STR("\xce")) == WEFT_OK &&
        weft_websocket_end(socket) == WEFT_INVALID)
        echo(socket, NULL);
}

/* A tick whenever nothing came for a while. */
static void tick(weft_websocket *socket, void *arg)
{
    weft_websocket_message message;
    weft_error error = WEFT_OK;
    (void)arg;
    while (error == WEFT_OK || error == WEFT_TIMED_OUT) {
        int64_t deadline = weft_deadline_after(100 * WEFT_MILLISECOND);
        error = weft_websocket_receive(socket, &message, deadline);
        if (error == WEFT_OK)
            error = weft_websocket_send(socket, message.kind, message.data);
        if (error == WEFT_TIMED_OUT &&
            weft_websocket_send_text(socket, WEFT_STR("tick")) != WEFT_OK)
            break;
    }
    log_end(socket, error);
}

#define TALK(name, function, arg, ...)                                                     \
    static weft_http_status name(weft_request *request, weft_response *response)           \
    {                                                                                      \
        static const weft_websocket_options options = {__VA_ARGS__};                       \
        return weft_websocket_upgrade(request, response, &options, function, (void *)arg); \
    }

TALK(pieces, send_pieces, NULL, .write_deadline = 0)
TALK(deflated_pieces, send_pieces, NULL, .compression = WEFT_WEBSOCKET_DEFLATE_SHARED)
TALK(numbers, with_another, 0, .write_deadline = 0)
TALK(beside, with_another, 1, .write_deadline = 0)
TALK(blocks, with_another, 3, .write_deadline = 0)
TALK(closer, with_another, 2, .close_deadline = 1500 * WEFT_MILLISECOND)
TALK(flooding, flood, NULL, .write_deadline = 500 * WEFT_MILLISECOND)
TALK(closing, close_at_once, NULL, .close_deadline = 1500 * WEFT_MILLISECOND)
TALK(leaving, leave_at_once, NULL, .close_deadline = 1500 * WEFT_MILLISECOND)
TALK(misusing, misuse, NULL, .write_deadline = 0)
TALK(ticking, tick, NULL, .write_deadline = 0)

/* ---- server-sent events --------------------------------------------------------------------- */

static void log_events_end(weft_error error)
{
    const weft_log_field field = WEFT_FIELD_STR("error", weft_str_from(weft_error_name(error)));
    weft_log_event(WEFT_LOG_INFO, "talk", WEFT_STR("events over"), &field, 1);
}

/* Whether it is refused. */
static bool refused(weft_events *events, weft_event event)
{
    return weft_events_send(events, &event) == WEFT_INVALID;
}

/* One of each. */
static weft_error all_kinds(weft_events *events, void *arg)
{
    (void)arg;
    bool good = refused(events, (weft_event){.id = WEFT_STR("a\nb")}) &&
                refused(events, (weft_event){.id = WEFT_STR("a\rb")}) &&
                refused(events, (weft_event){.id = {"a\0b", 3}}) &&
                refused(events, (weft_event){.event = WEFT_STR("a\r\nb")}) &&
                refused(events, (weft_event){.event = WEFT_STR("\xff")}) &&
                refused(events, (weft_event){.data = WEFT_STR("\xff")}) &&
                refused(events, (weft_event){.retry = -1});
    WEFT_TRY(weft_events_send(events, &(weft_event){.data = weft_events_last_id(events)}));
    WEFT_TRY(weft_events_send(
        events, &(weft_event){.event = WEFT_STR("news"),
                              .id = WEFT_STR("7"),
                              .retry = 3 * WEFT_SECOND,
                              .data = WEFT_STR("one\ntwo\r\nthree\rfour\n\r\n: five")}));
    WEFT_TRY(weft_events_send(events, &(weft_event){.comment = WEFT_STR("two\nlines")}));
    WEFT_TRY(weft_events_send(events, &(weft_event){.id = WEFT_STR(""), .data = WEFT_STR("")}));
    return weft_events_send(events,
                            &(weft_event){.data = good ? WEFT_STR("good") : WEFT_STR("bad")});
}

static weft_error ticks(weft_events *events, void *arg)
{
    int64_t pause = (int64_t)(uintptr_t)arg * WEFT_MILLISECOND;
    weft_error error = WEFT_OK;
    while (error == WEFT_OK) {
        error = weft_events_send(events, &(weft_event){.data = WEFT_STR("tick")});
        if (error == WEFT_OK && pause != 0)
            error = weft_sleep(pause);
    }
    log_events_end(error);
    return error;
}

static weft_error silence(weft_events *events, void *arg)
{
    (void)events, (void)arg;
    weft_error error = weft_sleep_until(WEFT_NEVER);
    log_events_end(error);
    return error;
}

static weft_error failing(weft_events *events, void *arg)
{
    (void)arg;
    WEFT_TRY(weft_events_send(events, &(weft_event){.data = WEFT_STR("last")}));
    return WEFT_IO;
}

static const weft_events_options often = {.keep_alive = 100 * WEFT_MILLISECOND};
static const weft_events_options negative = {.keep_alive = -1};

#define EVENTS(name, options, function, arg)                                     \
    static weft_http_status name(weft_request *request, weft_response *response) \
    {                                                                            \
        (void)request;                                                           \
        return weft_response_events(response, options, function, (void *)arg);   \
    }

EVENTS(events_all, NULL, all_kinds, NULL)
EVENTS(events_ticks, NULL, ticks, 50)
EVENTS(events_flood, NULL, ticks, 0)
EVENTS(events_silent, NULL, silence, NULL)
EVENTS(events_often, &often, silence, NULL)
EVENTS(events_failing, NULL, failing, NULL)
EVENTS(events_negative, &negative, silence, NULL)

/* ---- table ---------------------------------------------------------------------------------- */

#define ROW(p, f)                                                                        \
    {                                                                                    \
        .method = "GET", .path = (p), .handler = (weft_any_fn *)(f), .handler_name = #f, \
        .call = (f), .file = __FILE__, .line = __LINE__                                  \
    }
static const weft_route routes[] = {
    ROW("/echo", plain),
    ROW("/defaults", defaults),
    ROW("/small", small),
    ROW("/deflate", deflating),
    ROW("/shared", sharing),
    ROW("/narrow", narrow),
    ROW("/origins", origins),
    ROW("/any-origin", any_origin),
    ROW("/wrong-option", wrong_option),
    ROW("/fast", fast),
    ROW("/pieces/{count}/{size}", pieces),
    ROW("/deflated-pieces/{count}/{size}", deflated_pieces),
    ROW("/numbers/{count}", numbers),
    ROW("/blocks/{count}", blocks),
    ROW("/beside", beside),
    ROW("/closer", closer),
    ROW("/flood", flooding),
    ROW("/close/{code}", closing),
    ROW("/leave", leaving),
    ROW("/misuse", misusing),
    ROW("/tick", ticking),
    ROW("/events/all", events_all),
    ROW("/events/ticks", events_ticks),
    ROW("/events/flood", events_flood),
    ROW("/events/silent", events_silent),
    ROW("/events/often", events_often),
    ROW("/events/failing", events_failing),
    ROW("/events/negative", events_negative),
};

int main(void)
{
    const weft_router router = {
        .layers = WEFT_LAYERS(weft_trace()),
        .routes = WEFT_ROUTES(routes),
    };
    const char *text = getenv("TALK_DRAIN_DEADLINE_MS");
    const weft_serve_options options = {
        .drain_deadline = text ? strtol(text, NULL, 10) * WEFT_MILLISECOND : 0};
    return weft_serve_with("127.0.0.1:0", &router, &options);
}
