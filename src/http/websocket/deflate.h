/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * http/websocket/deflate.h: permessage-deflate (RFC 7692): what client and server agree on, and the
 * two streams of zlib behind it. A stream that keeps no context between messages has memory only
 * while a message is under way.
 */
#ifndef WEFT_HTTP_WEBSOCKET_DEFLATE_H
#define WEFT_HTTP_WEBSOCKET_DEFLATE_H

#include <weft/buffer.h>

/* ---- agreement (section 7) ------------------------------------------------------------------ */

enum {
    WEFT__WS_BITS_MIN = 9, /* zlib has no window of 8 bits for raw deflate */
    WEFT__WS_BITS_MAX = 15,
    WEFT__WS_EXTENSION_MAX = 160, /* bytes that weft__ws_terms_write needs at most */
};

/* How one side compresses. */
typedef struct weft__ws_side {
    uint8_t bits;      /* of its window */
    bool each_message; /* every message by itself: "no_context_takeover" */
} weft__ws_side;

typedef struct weft__ws_terms {
    bool on;
    weft__ws_side server, client;
    bool server_bits_asked;   /* the client wants to hear server_max_window_bits */
    bool client_bits_allowed; /* the client understands client_max_window_bits */
} weft__ws_terms;

/* Narrows what the server would like, *wish, to the first offer in the field's value that it can
 * meet. False: there is none, or the value is malformed; then nothing is agreed on. */
bool weft__ws_terms_agree(weft_str offers, const weft__ws_terms *wish, weft__ws_terms *agreed);

/* The value of Sec-WebSocket-Extensions that says so; returns its length. */
size_t weft__ws_terms_write(const weft__ws_terms *agreed, char to[WEFT__WS_EXTENSION_MAX]);

/* ---- streams -------------------------------------------------------------------------------- */

typedef struct weft__ws_inflater weft__ws_inflater;
typedef struct weft__ws_deflater weft__ws_deflater;

typedef enum weft__ws_inflated {
    WEFT__WS_INFLATED,
    WEFT__WS_INFLATE_CORRUPT,
    WEFT__WS_INFLATE_TOO_BIG,
    WEFT__WS_INFLATE_NO_MEMORY,
} weft__ws_inflated;

weft__ws_inflater *weft__ws_inflater_create(weft__ws_side client) WEFT_NODISCARD;
void weft__ws_inflater_destroy(weft__ws_inflater *inflater); /* NULL is a no-op */

/* Appends what a piece of a message, the last one or not, inflates to. Never makes `to` longer than
 * `limit`. */
weft__ws_inflated weft__ws_inflate(weft__ws_inflater *inflater, weft_str piece, bool last,
                                   size_t limit, weft_buffer *to);

weft__ws_deflater *weft__ws_deflater_create(weft__ws_side server) WEFT_NODISCARD;
void weft__ws_deflater_destroy(weft__ws_deflater *deflater); /* NULL is a no-op */

/* Starts a message of `length` bytes, or of nobody knows how many (UINT64_MAX). */
weft_error weft__ws_deflate_begin(weft__ws_deflater *deflater, uint64_t length) WEFT_NODISCARD;

/* Appends to `to` what is ready of the message after this piece, all of it after the last one.
 * WEFT_NO_MEMORY. */
weft_error weft__ws_deflate(weft__ws_deflater *deflater, weft_str piece, bool last, weft_buffer *to)
    WEFT_NODISCARD;

#endif
