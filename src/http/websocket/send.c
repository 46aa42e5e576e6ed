/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * http/websocket/send.c: the half of a conversation that sends: messages as frames of a bounded
 * size, with the control frames that are owed between them. Who waits for what is in socket.h.
 */
#include "http/message.h"
#include "http/websocket/socket.h"
#include "runtime/hold.h"
#include <weft/check.h>
#include <weft/runtime.h>

enum { SMALL = 4096 }; /* bytes of a frame that are copied, to leave in one piece with its head */

/* ---- frames --------------------------------------------------------------------------------- */

/* Sends bytes, or breaks the conversation. A frame that has begun is not left half done because the
 * fiber is cancelled. */
static weft_error put(weft_websocket *socket, const char *from, size_t len)
{
    int64_t patience = socket->setup->options.write_deadline;
    weft_shield shield = weft_shield_begin();
    weft_error error = weft__upgraded_send(socket->wire, from, len, patience);
    weft_shield_end(shield);
    if (error != WEFT_OK)
        weft__ws_break(socket);
    return error;
}

static weft_error put_frame(weft_websocket *socket, weft__ws_frame frame, weft_str payload)
{
    char small[WEFT__WS_HEAD_OUT_MAX + SMALL];
    frame.length = payload.len;
    size_t len = weft__ws_head_write(&frame, (uint8_t *)small);
    bool together = payload.len <= SMALL;
    if (together && payload.len != 0)
        memcpy(small + len, payload.at, payload.len);
    WEFT_TRY(put(socket, small, together ? len + payload.len : len));
    return together ? WEFT_OK : put(socket, payload.at, payload.len);
}

/* ---- control frames ------------------------------------------------------------------------- */

static bool put_owed(weft_websocket *socket, weft__ws_owed *owed, weft__ws_opcode opcode)
{
    if (!owed->due)
        return false;
    weft__ws_owed copy = *owed; /* another may come while this one is on its way */
    owed->due = false;
    weft__ws_frame frame = {.opcode = opcode, .final = true};
    return put_frame(socket, frame, (weft_str){copy.payload, copy.len}) == WEFT_OK;
}

static void start_writing(weft_websocket *socket) WEFT_OPENS(socket->writing);
static void stop_writing(weft_websocket *socket) WEFT_CLOSES(socket->writing);

/* Sends what is owed, a Close last, and lets the next one write. */
static void stop_writing(weft_websocket *socket)
{
    while (!socket->broken && (put_owed(socket, &socket->pong, WEFT__WS_PONG) ||
                               put_owed(socket, &socket->ping, WEFT__WS_PING) ||
                               put_owed(socket, &socket->close, WEFT__WS_CLOSE)))
        ;
    weft_mutex_unlock(&socket->writing);
}

static void start_writing(weft_websocket *socket)
{
    weft_shield shield = weft_shield_begin(); /* whoever writes ends by the write deadline */
    weft_error error = weft_mutex_lock(&socket->writing, WEFT_NEVER);
    weft_shield_end(shield);
    if (error != WEFT_OK) /* never: neither late nor cancelled */
        WEFT_TAKES(&socket->writing);
}

void weft__ws_owe(weft_websocket *socket, weft__ws_owed *owed, weft_str payload)
{
    if (socket->broken || (socket->said_close && owed != &socket->close))
        return;
    owed->due = true;
    owed->len = (uint8_t)payload.len;
    if (payload.len != 0)
        memcpy(owed->payload, payload.at, payload.len);
    if (weft_mutex_try_lock(&socket->writing))
        stop_writing(socket);
}

void weft__ws_settle(weft_websocket *socket)
{
    start_writing(socket);
    stop_writing(socket);
}

weft_error weft_websocket_close(weft_websocket *socket, unsigned code, weft_str reason)
{
    WEFT__HOLD_WORKER();
    if (code != WEFT_WEBSOCKET_NO_CODE && !weft__ws_code_valid(code))
        return WEFT_INVALID;
    if (socket->broken || socket->said_close)
        return WEFT_CLOSED;
    weft__ws_owe_close(socket, code, reason);
    weft__ws_settle(socket);
    return socket->broken ? WEFT_CLOSED : WEFT_OK;
}

/* ---- messages ------------------------------------------------------------------------------- */

/* Sends a frame of the message. */
static weft_error emit(weft_websocket *socket, weft_str payload, bool final)
{
    start_writing(socket);
    weft_error error = WEFT_CLOSED;
    socket->next.final = final;
    if (!socket->broken && !socket->said_close)
        error = put_frame(socket, socket->next, payload);
    socket->next = (weft__ws_frame){.opcode = WEFT__WS_CONTINUATION};
    stop_writing(socket);
    return error;
}

/* Appends to what is not sent yet, up to a whole frame. */
static weft_error gather(weft_websocket *socket, weft_str *piece)
{
    size_t room = WEFT_WEBSOCKET_FRAGMENT - socket->out.len;
    weft_str part = {piece->at, piece->len < room ? piece->len : room};
    weft_buffer_append_str(&socket->out, part);
    *piece = weft_str_skip(*piece, part.len);
    return socket->out.failed ? WEFT_NO_MEMORY : WEFT_OK;
}

/* Sends whole frames while more is behind them. */
static weft_error push_plain(weft_websocket *socket, weft_str piece, bool last)
{
    while (socket->out.len + piece.len > WEFT_WEBSOCKET_FRAGMENT) {
        weft_str frame = {piece.at, WEFT_WEBSOCKET_FRAGMENT};
        if (socket->out.len != 0) {
            WEFT_TRY(gather(socket, &piece));
            frame = weft_buffer_str(&socket->out);
        } else {
            piece = weft_str_skip(piece, frame.len);
        }
        WEFT_TRY(emit(socket, frame, false));
        socket->out.len = 0;
    }
    if (last && socket->out.len == 0)
        return emit(socket, piece, true);
    WEFT_TRY(gather(socket, &piece));
    return last ? emit(socket, weft_buffer_str(&socket->out), true) : WEFT_OK;
}

/* The same with what the piece is compressed to; others get their turn in a long one. */
static weft_error push_compressed(weft_websocket *socket, weft_str piece, bool last)
{
    do {
        weft_str part = {piece.at,
                         piece.len < WEFT_WEBSOCKET_FRAGMENT ? piece.len : WEFT_WEBSOCKET_FRAGMENT};
        piece = weft_str_skip(piece, part.len);
        bool end = last && piece.len == 0;
        WEFT_TRY(weft__ws_deflate(socket->deflater, part, end, &socket->out));
        if (end || socket->out.len >= WEFT_WEBSOCKET_FRAGMENT) {
            WEFT_TRY(emit(socket, weft_buffer_str(&socket->out), end));
            socket->out.len = 0;
        }
        if (piece.len != 0)
            weft_yield();
    } while (piece.len != 0);
    return WEFT_OK;
}

/* The message is over. */
static void let_go(weft_websocket *socket)
{
    weft_arena_reset(&socket->arena);
    weft_buffer_init(&socket->out, &socket->arena);
    socket->talker = NULL;
    WEFT_TAKES(&socket->talking); /* from begin */
    weft_mutex_unlock(&socket->talking);
}

static weft_error begin(weft_websocket *socket, weft_websocket_kind kind, uint64_t length)
{
    if (kind != WEFT_WEBSOCKET_TEXT && kind != WEFT_WEBSOCKET_BINARY)
        return WEFT_INVALID;
    WEFT_TRY(weft_mutex_lock(&socket->talking, WEFT_NEVER));
    weft_error error = socket->broken || socket->said_close ? WEFT_CLOSED : WEFT_OK;
    bool compress = socket->deflater != NULL && length >= WEFT_WEBSOCKET_COMPRESS_MIN;
    if (error == WEFT_OK && compress)
        error = weft__ws_deflate_begin(socket->deflater, length);
    if (error != WEFT_OK) {
        weft_mutex_unlock(&socket->talking);
        return error;
    }
    socket->talker = weft_fiber_current();
    socket->kind = kind;
    socket->compressing = compress;
    socket->next = (weft__ws_frame){.opcode = (weft__ws_opcode)kind, .compressed = compress};
    socket->utf8.count = 0;
    WEFT_GIVES(&socket->talking); /* to let_go */
    return WEFT_OK;
}

/* A message without its end leaves the client waiting, and a compressor's context in doubt. */
static weft_error push(weft_websocket *socket, weft_str piece, bool last)
{
    weft_error error = socket->compressing ? push_compressed(socket, piece, last)
                                           : push_plain(socket, piece, last);
    if (error != WEFT_OK)
        weft__ws_owe_close(socket, WEFT_WEBSOCKET_INTERNAL_ERROR, (weft_str){NULL, 0});
    if (error != WEFT_OK || last)
        let_go(socket);
    return error;
}

weft_error weft_websocket_begin(weft_websocket *socket, weft_websocket_kind kind)
{
    WEFT__HOLD_WORKER();
    return begin(socket, kind, UINT64_MAX);
}

/* A text that is none: what went before it cannot be taken back. */
static weft_error refuse_text(weft_websocket *socket)
{
    weft__ws_owe_close(socket, WEFT_WEBSOCKET_INTERNAL_ERROR, (weft_str){NULL, 0});
    let_go(socket);
    return WEFT_INVALID;
}

weft_error weft_websocket_write(weft_websocket *socket, weft_str piece)
{
    WEFT__HOLD_WORKER();
    if (socket->talker == NULL || socket->talker != weft_fiber_current())
        return WEFT_INVALID;
    if (socket->kind == WEFT_WEBSOCKET_TEXT && !weft__ws_utf8_feed(&socket->utf8, piece))
        return refuse_text(socket);
    return push(socket, piece, false);
}

weft_error weft_websocket_end(weft_websocket *socket)
{
    WEFT__HOLD_WORKER();
    if (socket->talker == NULL || socket->talker != weft_fiber_current())
        return WEFT_INVALID;
    if (socket->kind == WEFT_WEBSOCKET_TEXT && !weft__ws_utf8_complete(&socket->utf8))
        return refuse_text(socket);
    return push(socket, (weft_str){NULL, 0}, true);
}

weft_error weft_websocket_send(weft_websocket *socket, weft_websocket_kind kind, weft_str data)
{
    WEFT__HOLD_WORKER();
    if (kind == WEFT_WEBSOCKET_TEXT && !weft_utf8_valid(data))
        return WEFT_INVALID;
    WEFT_TRY(begin(socket, kind, data.len));
    return push(socket, data, true);
}

weft_error weft_websocket_send_text(weft_websocket *socket, weft_str text)
{
    return weft_websocket_send(socket, WEFT_WEBSOCKET_TEXT, text);
}

weft_error weft_websocket_send_binary(weft_websocket *socket, weft_str bytes)
{
    return weft_websocket_send(socket, WEFT_WEBSOCKET_BINARY, bytes);
}
