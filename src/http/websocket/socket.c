/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * http/websocket/socket.c: a conversation from its beginning to its end, and the half of it that
 * receives: messages for whoever asks, and for itself pings, silence and goodbyes.
 */
#include "http/websocket/socket.h"
#include "http/message.h"
#include "runtime/hold.h"
#include <stdlib.h>
#include <weft/log.h>
#include <weft/runtime.h>

/* `duration` after a point in time, or never. */
static int64_t after(int64_t time, int64_t duration)
{
    int64_t sum;
    return __builtin_add_overflow(time, duration, &sum) ? WEFT_NEVER : sum;
}

static int64_t sooner(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

static const weft_websocket_options *options(const weft_websocket *socket)
{
    return &socket->setup->options;
}

/* ---- the end -------------------------------------------------------------------------------- */

/* Nothing more will be received. */
static bool is_over(const weft_websocket *socket)
{
    return socket->broken || socket->deaf;
}

void weft__ws_break(weft_websocket *socket)
{
    socket->broken = true;
    weft__ws_note_end(socket, WEFT_WEBSOCKET_ABNORMAL, (weft_str){NULL, 0});
}

void weft__ws_note_end(weft_websocket *socket, unsigned code, weft_str reason)
{
    if (socket->code != 0)
        return;
    socket->code = (uint16_t)code;
    socket->reason_len = (uint8_t)(reason.len < sizeof socket->reason ? reason.len
                                                                      : sizeof socket->reason);
    if (socket->reason_len != 0)
        memcpy(socket->reason, reason.at, socket->reason_len);
}

void weft__ws_owe_close(weft_websocket *socket, unsigned code, weft_str reason)
{
    char payload[WEFT__WS_CONTROL_MAX];
    if (socket->said_close)
        return;
    socket->said_close = true;
    socket->closing = weft_clock_now();
    size_t len = weft__ws_close_write((uint16_t)code, reason, payload);
    weft__upgraded_wake(socket->wire); /* who receives has another deadline now */
    weft__ws_owe(socket, &socket->close, (weft_str){payload, len});
}

/* The client broke a rule: it hears which, and is not listened to any more (section 7.1.7). */
static void fail(weft_websocket *socket, unsigned code, weft_str why)
{
    socket->deaf = true;
    weft__ws_note_end(socket, code, why);
    weft__ws_owe_close(socket, code, why);
}

unsigned weft_websocket_code_of(const weft_websocket *socket)
{
    return socket->code;
}

weft_str weft_websocket_reason_of(const weft_websocket *socket)
{
    return (weft_str){socket->reason, socket->reason_len};
}

/* ---- what time asks for --------------------------------------------------------------------- */

/* When there is something to do if nothing arrives. */
static int64_t next_duty(const weft_websocket *socket)
{
    if (socket->said_close)
        return after(socket->closing, options(socket)->close_deadline);
    int64_t silence = socket->pinged != 0 ? after(socket->pinged, options(socket)->pong_deadline)
                                          : after(socket->heard, options(socket)->ping_interval);
    int64_t message = socket->begun != 0 ? after(socket->begun, options(socket)->message_deadline)
                                         : WEFT_NEVER;
    return sooner(silence, message);
}

/* Nothing arrived until `now`, when something is due. */
static void do_duty(weft_websocket *socket, int64_t now)
{
    if (socket->said_close) {
        weft__ws_break(socket); /* it does not say goodbye */
    } else if (socket->begun != 0 &&
               now >= after(socket->begun, options(socket)->message_deadline)) {
        fail(socket, WEFT_WEBSOCKET_POLICY, WEFT_STR("the message did not arrive in time"));
    } else if (socket->pinged != 0) {
        weft__ws_break(socket); /* nobody is there */
    } else {
        socket->pinged = now;
        weft__ws_owe(socket, &socket->ping, (weft_str){NULL, 0});
    }
}

/* ---- receiving ------------------------------------------------------------------------------ */

static weft_error read_bytes(weft_websocket *socket, int64_t deadline)
{
    size_t got = 0;
    socket->at = socket->end = 0;
    WEFT_TRY(weft_upgraded_read(socket->wire, socket->in, sizeof socket->in, &got, deadline));
    if (got == 0)
        return WEFT_CLOSED;
    socket->end = got;
    socket->heard = weft_clock_now();
    socket->pinged = 0;
    return WEFT_OK;
}

/* Reads, or does what is due. */
static weft_error await_bytes(weft_websocket *socket, int64_t deadline)
{
    deadline = sooner(deadline, weft_deadline_current());
    weft_error error = read_bytes(socket, sooner(deadline, next_duty(socket)));
    int64_t now = weft_clock_now();
    switch (error) {
    case WEFT_OK: return WEFT_OK;
    case WEFT_CANCELLED:
        if (!weft_upgraded_request(socket->wire)->abandoned)
            return WEFT_CANCELLED;
        weft__ws_break(socket); /* serve has seen that the client is gone */
        return WEFT_OK;
    case WEFT_SHUTTING_DOWN:
        weft__ws_owe_close(socket, WEFT_WEBSOCKET_GOING_AWAY, WEFT_STR("the server is stopping"));
        return WEFT_OK;
    case WEFT_TIMED_OUT:
        if (now >= next_duty(socket))
            do_duty(socket, now);
        return now >= deadline && !is_over(socket) ? WEFT_TIMED_OUT : WEFT_OK;
    default: weft__ws_break(socket); return WEFT_OK;
    }
}

static weft__ws_event take_event(weft_websocket *socket)
{
    size_t used;
    weft__ws_reader *reader = &socket->reader;
    weft__ws_event event = weft__ws_reader_feed(reader, socket->in + socket->at,
                                                socket->end - socket->at, &used);
    socket->at += used;
    if (!weft__ws_reader_in_message(reader))
        socket->begun = 0;
    else if (socket->begun == 0)
        socket->begun = socket->heard;
    return event;
}

/* What a client's frame asks the conversation itself to do. */
static void react(weft_websocket *socket, weft__ws_event event)
{
    const weft__ws_reader *reader = &socket->reader;
    weft_str control = {reader->control, reader->control_len};
    switch (event) {
    case WEFT__WS_GOT_PING: weft__ws_owe(socket, &socket->pong, control); return;
    case WEFT__WS_GOT_CLOSE:
        socket->deaf = true;
        weft__ws_note_end(socket, reader->code, control);
        weft__ws_owe_close(socket, reader->code, (weft_str){NULL, 0});
        return;
    case WEFT__WS_FAILED: fail(socket, reader->code, weft_str_from(reader->why)); return;
    default: return; /* a pong has been noted as bytes; a message after our Close is dropped */
    }
}

static weft_error receive(weft_websocket *socket, weft_websocket_message *message, int64_t deadline)
{
    const weft__ws_reader *reader = &socket->reader;
    while (!is_over(socket)) {
        weft__ws_event event = take_event(socket);
        if (event == WEFT__WS_GOT_MESSAGE && !socket->said_close) {
            *message = (weft_websocket_message){(weft_websocket_kind)reader->kind,
                                                weft_buffer_str(&reader->message)};
            return WEFT_OK;
        }
        if (event == WEFT__WS_MORE)
            WEFT_TRY(await_bytes(socket, deadline));
        else
            react(socket, event);
    }
    return WEFT_CLOSED;
}

weft_error weft_websocket_receive(weft_websocket *socket, weft_websocket_message *message,
                                  int64_t deadline)
{
    WEFT__HOLD_WORKER();
    if (socket->receiving)
        return WEFT_BUSY;
    socket->receiving = true;
    weft_error error = receive(socket, message, deadline);
    socket->receiving = false;
    return error;
}

weft_arena *weft_websocket_arena(weft_websocket *socket)
{
    return &socket->reader.arena;
}

/* ---- the whole ------------------------------------------------------------------------------ */

static bool open_streams(weft_websocket *socket, const weft__ws_terms *terms)
{
    if (!terms->on)
        return true;
    socket->inflater = weft__ws_inflater_create(terms->client);
    socket->deflater = weft__ws_deflater_create(terms->server);
    return socket->inflater != NULL && socket->deflater != NULL;
}

static void close_socket(weft_websocket *socket)
{
    weft__ws_reader_finish(&socket->reader);
    weft__ws_inflater_destroy(socket->inflater);
    weft__ws_deflater_destroy(socket->deflater);
    weft_arena_reset(&socket->arena);
    free(socket);
}

static weft_websocket *open_socket(weft_upgraded *wire, const weft__ws_setup *setup)
{
    weft_websocket *socket = malloc(sizeof *socket); /* large, and `in` is better left untouched */
    if (socket == NULL)
        return NULL;
    memset(socket, 0, offsetof(weft_websocket, in));
    socket->wire = wire;
    socket->setup = setup;
    socket->heard = weft_clock_now();
    weft_arena_init(&socket->arena, SIZE_MAX); /* holds no more than a frame or two */
    weft_buffer_init(&socket->out, &socket->arena);
    bool opened = open_streams(socket, &setup->terms);
    weft__ws_reader_init(&socket->reader, setup->options.message_limit, setup->options.frame_limit,
                         socket->inflater);
    if (opened)
        return socket;
    close_socket(socket);
    return NULL;
}

/* Says what is left to say, and waits for the client's goodbye. */
static void say_goodbye(weft_websocket *socket)
{
    weft_websocket_message dropped;
    weft__ws_owe_close(socket, WEFT_WEBSOCKET_NORMAL, (weft_str){NULL, 0});
    weft__ws_settle(socket);
    weft_error error = weft_websocket_receive(socket, &dropped, WEFT_NEVER);
    (void)error; /* closed, or cancelled */
}

void weft__ws_serve(weft_upgraded *wire, void *arg)
{
    const weft__ws_setup *setup = arg;
    weft_websocket *socket = open_socket(wire, setup);
    if (socket == NULL) {
        weft_log(WEFT_LOG_ERROR, "http", "no memory for a WebSocket; its connection is closed");
        return;
    }
    setup->fn(socket, setup->arg);
    say_goodbye(socket);
    close_socket(socket);
}

weft_str weft_websocket_protocol(const weft_websocket *socket)
{
    return socket->setup->protocol;
}

weft_request *weft_websocket_request(const weft_websocket *socket)
{
    return weft_upgraded_request(socket->wire);
}
