/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * http/websocket/socket.h: a conversation on its connection; not public.
 *
 * Threads. Everything belongs to one worker, so nothing is atomic; what can happen between two
 * statements is another fiber, wherever this one waits. Two locks order who writes: `talking` is
 * held for a whole message, `writing` for a frame. A control frame (ping, pong, close) waits for
 * neither: it is left in `owed`, and whoever holds `writing` sends what is owed before letting go
 * of it. So a fiber that receives is never kept by one that sends to a client that does not read.
 */
#ifndef WEFT_HTTP_WEBSOCKET_SOCKET_H
#define WEFT_HTTP_WEBSOCKET_SOCKET_H

#include "http/websocket/codec.h"
#include <weft/body.h>
#include <weft/runtime.h>
#include <weft/sync.h>
#include <weft/websocket.h>

#define WEFT__WS_IN_SIZE 16384 /* bytes read at once */

/* What the handshake has settled; in the request's arena. */
typedef struct weft__ws_setup {
    weft_websocket_options options; /* every default filled in */
    weft__ws_terms terms;
    weft_str protocol;
    weft_websocket_fn *fn;
    void *arg;
} weft__ws_setup;

/* A control frame that has to be sent. */
typedef struct weft__ws_owed {
    bool due;
    uint8_t len;
    char payload[WEFT__WS_CONTROL_MAX];
} weft__ws_owed;

struct weft_websocket {
    weft_upgraded *wire;
    const weft__ws_setup *setup;
    weft__ws_inflater *inflater; /* NULL without compression */
    weft__ws_deflater *deflater;

    /* how it stands */
    uint16_t code; /* why it is over, or will be; 0: it goes on */
    uint8_t reason_len;
    char reason[WEFT__WS_CONTROL_MAX];
    bool said_close; /* a Close is owed or sent: no more messages leave */
    bool deaf;       /* the client said Close, or broke a rule: nothing more is received */
    bool broken;     /* nothing more can be sent or received */

    /* receiving */
    bool receiving;  /* a fiber does */
    int64_t heard;   /* when bytes came last */
    int64_t pinged;  /* when silence was answered with a ping, 0: it was not */
    int64_t begun;   /* when the message under way began, 0: none is */
    int64_t closing; /* when we said Close */
    weft__ws_reader reader;

    /* sending */
    weft_mutex talking, writing;
    weft__ws_owed pong, ping, close;
    weft_fiber *talker; /* who holds `talking` between begin and end */
    weft_websocket_kind kind;
    bool compressing;
    weft__ws_frame next; /* the head of its next frame, but for the length */
    weft__ws_utf8 utf8;  /* of its text */
    weft_arena arena;    /* of its bytes */
    weft_buffer out;     /* those that are not sent yet */

    size_t at, end; /* in[at..end) has arrived and is not consumed */
    char in[WEFT__WS_IN_SIZE];
};

/* Runs a conversation: what weft_response_upgrade is given, with a weft__ws_setup. */
weft_upgraded_fn weft__ws_serve;

/* Nothing more can be sent or received. */
void weft__ws_break(weft_websocket *socket);

/* Notes why it ends; the first reason stays. */
void weft__ws_note_end(weft_websocket *socket, unsigned code, weft_str reason);

/* Owes a control frame, and sends it unless somebody else is writing, who then does. A later one
 * of its kind takes an earlier one's place. Suspends while the client is slow. */
void weft__ws_owe(weft_websocket *socket, weft__ws_owed *owed, weft_str payload);

/* Owes a Close, once. */
void weft__ws_owe_close(weft_websocket *socket, unsigned code, weft_str reason);

/* Waits until nothing is owed and nobody writes. */
void weft__ws_settle(weft_websocket *socket);

#endif
