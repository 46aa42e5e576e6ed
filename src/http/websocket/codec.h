/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * http/websocket/codec.h: WebSocket (RFC 6455) as functions over bytes: frames, and the messages
 * that a client's frames make up. No sockets, no time, no fibers.
 */
#ifndef WEFT_HTTP_WEBSOCKET_CODEC_H
#define WEFT_HTTP_WEBSOCKET_CODEC_H

#include "http/websocket/deflate.h"
#include <weft/buffer.h>
#include <weft/websocket.h>

/* ---- frames (section 5.2) ------------------------------------------------------------------- */

typedef enum weft__ws_opcode {
    WEFT__WS_CONTINUATION = 0,
    WEFT__WS_TEXT = 1,
    WEFT__WS_BINARY = 2,
    WEFT__WS_CLOSE = 8,
    WEFT__WS_PING = 9,
    WEFT__WS_PONG = 10,
} weft__ws_opcode;

#define WEFT__WS_HEAD_MAX     14  /* bytes of a client's frame before its payload */
#define WEFT__WS_HEAD_OUT_MAX 10  /* of a server's: it masks nothing */
#define WEFT__WS_CONTROL_MAX  125 /* bytes of a control frame's payload */

typedef struct weft__ws_frame {
    weft__ws_opcode opcode;
    bool final;      /* the last of its message */
    bool compressed; /* RSV1: the first of a message that is (RFC 7692 section 6) */
    uint64_t length; /* of the payload */
    uint8_t mask[4]; /* of a client's */
} weft__ws_frame;

/* Reads a client's frame head of which `len` bytes are there. Returns how many it takes: it is
 * complete, and *frame set, when that is at most `len`. 0: it breaks the protocol, and *why is a
 * clause that says how; this is found as early as the bytes tell. */
size_t weft__ws_head_read(const uint8_t *head, size_t len, bool may_compress, weft__ws_frame *frame,
                          const char **why);

/* Writes a server's frame head, not masked; returns its length. */
size_t weft__ws_head_write(const weft__ws_frame *frame, uint8_t to[WEFT__WS_HEAD_OUT_MAX]);

/* Copies a part of a payload, masked or unmasked (section 5.3); `offset` is where in the payload it
 * begins. `to` may be `from`. */
void weft__ws_mask(char *to, const char *from, size_t len, const uint8_t mask[4], uint64_t offset);

/* ---- close (section 7.4) -------------------------------------------------------------------- */

/* Whether the code may stand in a Close frame. */
bool weft__ws_code_valid(unsigned code);

/* Writes a Close frame's payload. A reason that is not UTF-8 is left out, one that is too long is
 * cut behind a whole character; WEFT_WEBSOCKET_NO_CODE makes an empty payload. */
size_t weft__ws_close_write(uint16_t code, weft_str reason, char to[WEFT__WS_CONTROL_MAX]);

/* ---- UTF-8 in pieces ------------------------------------------------------------------------ */

/* The beginning of a character that the next piece completes. */
typedef struct weft__ws_utf8 {
    char held[4];
    uint8_t count;
} weft__ws_utf8;

/* False as soon as no continuation could make the text valid. */
bool weft__ws_utf8_feed(weft__ws_utf8 *text, weft_str piece) WEFT_NODISCARD;

static inline bool weft__ws_utf8_complete(const weft__ws_utf8 *text)
{
    return text->count == 0;
}

/* ---- messages ------------------------------------------------------------------------------- */

typedef enum weft__ws_event {
    WEFT__WS_MORE, /* every byte is used, nothing is complete */
    WEFT__WS_GOT_MESSAGE,
    WEFT__WS_GOT_PING,
    WEFT__WS_GOT_PONG,
    WEFT__WS_GOT_CLOSE,
    WEFT__WS_FAILED, /* for good: `code` and `why` say what to close with */
} weft__ws_event;

/* Takes a client's frames apart and puts its messages together. */
typedef struct weft__ws_reader {
    size_t message_limit, frame_limit;
    weft__ws_inflater *inflater; /* NULL: compressed messages break the protocol */

    /* the frame that has begun */
    uint8_t head[WEFT__WS_HEAD_MAX];
    uint8_t head_len;
    bool in_payload;
    weft__ws_frame frame;
    uint64_t got; /* bytes of its payload */

    /* the message that has begun, between whose frames control frames may come */
    weft__ws_opcode kind; /* of the message; WEFT__WS_CONTINUATION: none has begun */
    bool compressed;
    bool delivered; /* the next frame starts with an empty `message` */
    weft__ws_utf8 utf8;

    /* what an event is about, until the next feeding */
    weft_arena arena; /* of the message; empty between messages */
    weft_buffer message;
    char control[WEFT__WS_CONTROL_MAX];
    uint8_t control_len;
    uint16_t code; /* of a Close; WEFT_WEBSOCKET_NO_CODE when it has none */
    const char *why;
} weft__ws_reader;

/* The inflater remains the caller's. */
void weft__ws_reader_init(weft__ws_reader *reader, size_t message_limit, size_t frame_limit,
                          weft__ws_inflater *inflater);
void weft__ws_reader_finish(weft__ws_reader *reader);

/* Takes bytes as they come, up to the first event; *used says how many. Control frames' payload is
 * in `control`: a Close's reason without the code. */
weft__ws_event weft__ws_reader_feed(weft__ws_reader *reader, const char *bytes, size_t len,
                                    size_t *used);

/* Whether a message or frame has begun and is not complete. */
static inline bool weft__ws_reader_in_message(const weft__ws_reader *reader)
{
    return (reader->kind != WEFT__WS_CONTINUATION && !reader->delivered) || reader->head_len != 0;
}

#endif
