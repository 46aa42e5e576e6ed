/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * weft/net.h: TCP for fibers: addresses, listeners, streams. Calls look blocking and suspend the
 * fiber; deadlines are absolute.
 */
#ifndef WEFT_NET_H
#define WEFT_NET_H

#include <weft/base.h>

typedef struct weft_address {
    uint8_t bytes[28]; /* a struct sockaddr_in or sockaddr_in6 */
    uint8_t len;       /* bytes used; 0: no address */
} weft_address;

#define WEFT_ADDRESS_TEXT 64 /* bytes that weft_address_format needs at most, NUL included */

/* "127.0.0.1:3000", "[::1]:3000", ":3000" (every IPv4 interface). Numeric only; port 0 lets the
 * system choose. WEFT_ADDRESS when it is none. Never suspends. */
weft_error weft_address_parse(const char *text, weft_address *out) WEFT_NODISCARD;
weft_str weft_address_format(const weft_address *address, char to[WEFT_ADDRESS_TEXT]);

/* A connection. Opaque; belongs to the worker it was opened on. One fiber may read and another write
 * at the same time; a second reader or writer that would have to wait gets WEFT_BUSY. */
typedef struct weft_stream weft_stream;

weft_error weft_stream_connect(weft_stream **stream, const weft_address *address, int64_t deadline)
    WEFT_NODISCARD;

/* Reads up to `len` bytes; *got 0 is the end of the stream. WEFT_TIMED_OUT, WEFT_CANCELLED,
 * WEFT_RESET, WEFT_IO. Suspends while nothing is there. */
weft_error weft_stream_read(weft_stream *stream, void *to, size_t len, size_t *got,
                            int64_t deadline) WEFT_NODISCARD;

/* Writes all `len` bytes, or fails having written a part. Suspends while the peer is slow. */
weft_error weft_stream_write(weft_stream *stream, const void *from, size_t len, int64_t deadline)
    WEFT_NODISCARD;

void weft_stream_close(weft_stream *stream); /* NULL is a no-op */

/* A listening socket. */
typedef struct weft_listener weft_listener;

#define WEFT_BACKLOG      1024 /* connections the kernel keeps waiting for accept */
#define WEFT_ACCEPT_PAUSE (100 * WEFT_MILLISECOND) /* until the next try when files have run out */

/* On any thread, also before the runtime runs; the listener belongs to the worker that first accepts
 * from it. WEFT_ADDRESS when the address is taken or not ours, WEFT_PERMISSION for ports below
 * 1024. */
weft_error weft_listener_open(weft_listener **listener, const weft_address *address) WEFT_NODISCARD;
weft_address weft_listener_address(const weft_listener *listener); /* with the chosen port */

/* Waits for the next connection. While the process is out of files or memory it goes on waiting,
 * warns once a second at most, and tries again every WEFT_ACCEPT_PAUSE. */
weft_error weft_listener_accept(weft_listener *listener, weft_stream **stream, int64_t deadline)
    WEFT_NODISCARD;
void weft_listener_close(weft_listener *listener);

#endif
