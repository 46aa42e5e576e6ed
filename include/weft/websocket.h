/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * weft/websocket.h: conversations of messages over one connection (WebSocket, RFC 6455), with
 * compression (RFC 7692) for those who want it. A handler turns its request into one:
 *
 *     static void talk(weft_websocket *socket, void *arg)
 *     {
 *         weft_websocket_message message;
 *         while (weft_websocket_receive(socket, &message, WEFT_NEVER) == WEFT_OK)
 *             if (weft_websocket_send(socket, message.kind, message.data) != WEFT_OK)
 *                 break;
 *     }
 *
 *     static weft_http_status echo(weft_request *request, weft_response *response)
 *     {
 *         return weft_websocket_upgrade(request, response, NULL, talk, NULL);
 *     }
 *
 * Threads. A conversation belongs to the worker that it began on. One fiber receives; it, and any
 * others of that worker (weft_scope_spawn), may send. Receiving is what keeps a conversation going:
 * pings, pongs and closing are seen to there.
 */
#ifndef WEFT_WEBSOCKET_H
#define WEFT_WEBSOCKET_H

#include <weft/http.h>

/* Every limit and deadline of a conversation. */
#define WEFT_WEBSOCKET_MESSAGE_LIMIT (1u << 20)         /* bytes of a message; over it 1009 */
#define WEFT_WEBSOCKET_FRAME_LIMIT   (1u << 20)         /* bytes of a frame on the wire; 1009 */
#define WEFT_WEBSOCKET_PING_INTERVAL (30 * WEFT_SECOND) /* of silence until a ping is sent */
#define WEFT_WEBSOCKET_PONG_DEADLINE (10 * WEFT_SECOND) /* from then to a sign of life; cut */
#define WEFT_WEBSOCKET_MESSAGE_DEADLINE \
    (30 * WEFT_SECOND)                                   /* from a message's first byte on; 1008 */
#define WEFT_WEBSOCKET_WRITE_DEADLINE (10 * WEFT_SECOND) /* for the client to take 64 KiB; cut */
#define WEFT_WEBSOCKET_CLOSE_DEADLINE (5 * WEFT_SECOND)  /* from our Close to the client's; cut */
#define WEFT_WEBSOCKET_REASON_MAX     123                /* bytes of a Close's reason */
#define WEFT_WEBSOCKET_COMPRESS_MIN   128                /* bytes of a message worth compressing */
#define WEFT_WEBSOCKET_FRAGMENT       (64u << 10)        /* bytes of a frame of a long message */

/* ---- how it begins -------------------------------------------------------------------------- */

/* What permessage-deflate costs a conversation besides time. */
typedef enum weft_websocket_compression {
    WEFT_WEBSOCKET_PLAIN,          /* not offered */
    WEFT_WEBSOCKET_DEFLATE,        /* each message by itself: memory only while one is under way,
                                      at most 264 KiB sending and 42 KiB receiving */
    WEFT_WEBSOCKET_DEFLATE_SHARED, /* messages refer to those before: fewer bytes when they are
                                      alike, and that memory for as long as it lasts */
} weft_websocket_compression;

/* Zero means the default above; WEFT_NEVER switches a deadline or the pings off. */
typedef struct weft_websocket_options {
    const char *protocols; /* subprotocols, the preferred one first: "chat.v2, chat.v1" */
    const char *origins;   /* pages that may connect besides those of this very host (the request's
                              Host): "https://app.example.org, https://example.org", or "*": any */
    weft_websocket_compression compression;
    unsigned window_bits; /* of compression, 9 to 15; 0: 15. One less halves the memory */
    size_t message_limit, frame_limit;
    int64_t ping_interval, pong_deadline, message_deadline, write_deadline, close_deadline;
} weft_websocket_options;

typedef struct weft_websocket weft_websocket;

/* The conversation, on the request's fiber; when it returns, the rest is closed (code 1000 unless
 * one was given). */
typedef void weft_websocket_fn(weft_websocket *socket, void *arg);

/* Makes the response "101 Switching Protocols", after which fn(socket, arg) runs, and returns that;
 * layers around the handler still see the response. `arg` and *options (NULL: all defaults) must
 * live in the request's arena or longer.
 *
 * What is no proper handshake is refused: 405 when the method is not GET; 426 when the request does
 * not ask for WebSocket or for another version than 13; 403 for a page of an origin that may not;
 * 400 when Sec-WebSocket-Key is not 16 bytes of base64, or the request has a body. 500, and logged,
 * when an option is not valid. Never suspends. */
weft_http_status weft_websocket_upgrade(weft_request *request, weft_response *response,
                                        const weft_websocket_options *options,
                                        weft_websocket_fn *fn, void *arg) WEFT_NONNULL(1, 2, 4);

/* The subprotocol that was agreed on; {NULL, 0}: none. */
weft_str weft_websocket_protocol(const weft_websocket *socket);

/* The request that it began as; its views and captures are still there. */
weft_request *weft_websocket_request(const weft_websocket *socket);

/* ---- messages ------------------------------------------------------------------------------- */

typedef enum weft_websocket_kind {
    WEFT_WEBSOCKET_TEXT = 1,
    WEFT_WEBSOCKET_BINARY
} weft_websocket_kind;

typedef struct weft_websocket_message {
    weft_websocket_kind kind;
    weft_str data; /* of a text: valid UTF-8; lives until the next call of receive */
} weft_websocket_message;

/* Waits for the next message. WEFT_CLOSED when there will be none: weft_websocket_code says why.
 * WEFT_TIMED_OUT, and it may be called again; WEFT_CANCELLED; WEFT_BUSY when another fiber
 * receives. A client that breaks the protocol or a limit is closed with the code that says so. At
 * shutdown the client is closed with 1001. Suspends. */
weft_error weft_websocket_receive(weft_websocket *socket, weft_websocket_message *message,
                                  int64_t deadline) WEFT_NODISCARD WEFT_NONNULL(1, 2);

/* Memory for what is made of a message: it lives as long, until the next message. For the fiber
 * that receives. */
weft_arena *weft_websocket_arena(weft_websocket *socket) WEFT_RETURNS_NONNULL WEFT_NONNULL(1);

/* Sends a whole message. WEFT_CLOSED when the conversation is over or being closed; WEFT_INVALID
 * when a text is not UTF-8; WEFT_TIMED_OUT when the client does not take it, WEFT_RESET: then it is
 * over; WEFT_CANCELLED while it waits for another fiber's message to end, and nothing is sent;
 * WEFT_NO_MEMORY. Suspends while the client is slow. */
weft_error weft_websocket_send(weft_websocket *socket, weft_websocket_kind kind, weft_str data)
    WEFT_BEFORE_END(socket) WEFT_NODISCARD WEFT_NONNULL(1);
weft_error weft_websocket_send_text(weft_websocket *socket, weft_str text) WEFT_BEFORE_END(socket)
    WEFT_NODISCARD WEFT_NONNULL(1);
weft_error weft_websocket_send_binary(weft_websocket *socket, weft_str bytes)
    WEFT_BEFORE_END(socket) WEFT_NODISCARD WEFT_NONNULL(1);

/* A message in pieces, for one that is long or not known yet: begin, write as often as needed, end.
 * Other fibers' messages wait until it has ended. After a failure the message is over, without an
 * end. A text may be cut anywhere, also within a character. As weft_websocket_send. */
weft_error weft_websocket_begin(weft_websocket *socket, weft_websocket_kind kind)
    WEFT_BEFORE_END(socket) WEFT_NODISCARD WEFT_NONNULL(1);
weft_error weft_websocket_write(weft_websocket *socket, weft_str piece) WEFT_BEFORE_END(socket)
    WEFT_NODISCARD WEFT_NONNULL(1);
weft_error weft_websocket_end(weft_websocket *socket) WEFT_BEFORE_END(socket)
    WEFT_NODISCARD WEFT_NONNULL(1);

/* ---- how it ends ---------------------------------------------------------------------------- */

#define WEFT_WEBSOCKET_CODES(X)                                       \
    X(NORMAL, 1000)                                                   \
    X(GOING_AWAY, 1001)                                               \
    X(PROTOCOL_ERROR, 1002)                                           \
    X(UNSUPPORTED, 1003)                                              \
    X(NO_CODE, 1005)  /* a Close without a code; never on the wire */ \
    X(ABNORMAL, 1006) /* the connection broke; never on the wire */   \
    X(INVALID_DATA, 1007)                                             \
    X(POLICY, 1008)                                                   \
    X(TOO_BIG, 1009)                                                  \
    X(EXTENSION_MISSING, 1010)                                        \
    X(INTERNAL_ERROR, 1011)                                           \
    X(RESTART, 1012)                                                  \
    X(TRY_LATER, 1013)                                                \
    X(BAD_GATEWAY, 1014)

/* Applications have 3000 to 4999 for themselves. */
typedef enum weft_websocket_code {
#define WEFT__ENUMERATE(name, value) WEFT_WEBSOCKET_##name = (value),
    WEFT_WEBSOCKET_CODES(WEFT__ENUMERATE)
#undef WEFT__ENUMERATE
} weft_websocket_code;

/* Says goodbye; what is sent afterwards is WEFT_CLOSED, what still arrives is dropped. Receiving
 * goes on until the client has said so, too, or the close deadline. The reason is cut to
 * WEFT_WEBSOCKET_REASON_MAX bytes. WEFT_INVALID for a code that may not stand in a Close frame
 * (WEFT_WEBSOCKET_NO_CODE: say none); WEFT_CLOSED when it was closed before. Otherwise as
 * weft_websocket_send. */
weft_error weft_websocket_close(weft_websocket *socket, unsigned code, weft_str reason)
    WEFT_ENDS(socket) WEFT_NONNULL(1);

/* Why it ended: what the client's Close says; without one what we closed with because of the
 * client; WEFT_WEBSOCKET_ABNORMAL when the connection broke. 0 while it goes on. */
unsigned weft_websocket_code_of(const weft_websocket *socket);
weft_str weft_websocket_reason_of(const weft_websocket *socket);

#endif
