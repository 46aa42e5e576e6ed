/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * weft/net.h: sockets and pipes for fibers: addresses, listeners, streams, datagrams. Calls look
 * blocking and suspend the fiber; deadlines are absolute. What is opened belongs to the worker it
 * was opened on and is used and closed only there (asserted unless NDEBUG is defined).
 */
#ifndef WEFT_NET_H
#define WEFT_NET_H

#include <sys/uio.h> /* struct iovec */
#include <weft/base.h>

/* ---- addresses ------------------------------------------------------------------------------ */

typedef struct weft_address {
    uint8_t bytes[110]; /* a struct sockaddr_in, sockaddr_in6 or sockaddr_un */
    uint8_t len;        /* bytes used; 0: no address */
} weft_address;

#define WEFT_ADDRESS_TEXT 128 /* bytes that weft_address_format needs at most, NUL included */

/* "127.0.0.1:3000", "[::1]:3000", ":3000" (every IPv4 interface): numeric only; port 0 lets the
 * system choose. "unix:/run/app.sock": a Unix socket by its path, absolute or relative, of at most
 * 107 bytes; "unix:@app": one in Linux's abstract namespace. WEFT_ADDRESS when it is none. Never
 * suspends. */
weft_error weft_address_parse(const char *text, weft_address *out) WEFT_NODISCARD;

/* The same text again; "unix:" for a Unix socket without a name, as clients have; "" for none. */
weft_str weft_address_format(const weft_address *address, char to[WEFT_ADDRESS_TEXT]);

/* ---- streams -------------------------------------------------------------------------------- */

/* A connection, or one end of a pipe. Opaque. One fiber may read and another write at the same
 * time; a second reader or writer that would have to wait gets WEFT_BUSY. */
typedef struct WEFT_OWNED("stream") weft_stream weft_stream;

/* WEFT_REFUSED, WEFT_NOT_FOUND (no such path), WEFT_TIMED_OUT, WEFT_CANCELLED, .. */
weft_error weft_stream_connect(weft_stream **stream, const weft_address *address, int64_t deadline)
    WEFT_TRY_OPENS(*stream) WEFT_NODISCARD;

/* A pipe: what is written to one end is read from the other. Each end is closed by itself. Reading
 * the writer or writing the reader is WEFT_INVALID. */
weft_error weft_pipe_open(weft_stream **reader, weft_stream **writer)
    WEFT_TRY_OPENS(*reader, *writer) WEFT_NODISCARD;

/* Reads up to `len` bytes; *got 0 is the end of the stream. WEFT_TIMED_OUT, WEFT_CANCELLED,
 * WEFT_RESET, WEFT_IO. Suspends while nothing is there. */
weft_error weft_stream_read(weft_stream *stream, void *to, size_t len, size_t *got,
                            int64_t deadline) WEFT_USES(stream)
    WEFT_NODISCARD WEFT_FILLS(2, to, 3, len);

/* Reads exactly `len` bytes. WEFT_CLOSED when the stream ends before. After a failure *got says how
 * many were read. */
weft_error weft_stream_read_exactly(weft_stream *stream, void *to, size_t len, size_t *got,
                                    int64_t deadline) WEFT_USES(stream)
    WEFT_NODISCARD WEFT_FILLS(2, to, 3, len);

/* Writes all `len` bytes, or fails having written a part: WEFT_CLOSED or WEFT_RESET when nobody
 * will read them (never SIGPIPE), WEFT_TIMED_OUT, WEFT_CANCELLED. Suspends while the peer is
 * slow. */
weft_error weft_stream_write(weft_stream *stream, const void *from, size_t len, int64_t deadline)
    WEFT_USES(stream) WEFT_NODISCARD WEFT_READS(2, from, 3, len);

/* The same over `count` parts, in one system call where they fit. The list of parts is not changed;
 * reading fills them in order, up to WEFT_STREAM_PARTS of them in one call. */
#define WEFT_STREAM_PARTS 64
weft_error weft_stream_read_parts(weft_stream *stream, const struct iovec *parts, size_t count,
                                  size_t *got, int64_t deadline) WEFT_USES(stream) WEFT_NODISCARD;
weft_error weft_stream_write_parts(weft_stream *stream, const struct iovec *parts, size_t count,
                                   int64_t deadline) WEFT_USES(stream) WEFT_NODISCARD;

/* Sends `len` bytes of `file` from `offset` on without copying them through this process. What the
 * page cache does not hold is read by a thread of the blocking pool, never by the worker.
 * WEFT_CLOSED also when the file ends before. */
struct WEFT_OWNED("file") weft_file;
weft_error weft_stream_send_file(weft_stream *stream, struct weft_file *file, uint64_t offset,
                                 uint64_t len, int64_t deadline) WEFT_USES(stream, file)
    WEFT_NODISCARD;

/* Half close: the peer reads the end of the stream, and may still write. WEFT_INVALID for pipes,
 * which are closed for that. */
weft_error weft_stream_finish(weft_stream *stream) WEFT_USES(stream) WEFT_NODISCARD;

/* Who is at the other end: its address, and for Unix sockets the process that connected or
 * listened, as the kernel vouches for it (WEFT_INVALID for other streams). */
typedef struct weft_credentials {
    int32_t pid;
    uint32_t uid, gid;
} weft_credentials;
weft_address weft_stream_peer(const weft_stream *stream)
    WEFT_USES(stream); /* no address for pipes */
weft_error weft_stream_credentials(const weft_stream *stream, weft_credentials *out)
    WEFT_USES(stream) WEFT_NODISCARD;

void weft_stream_close(weft_stream *stream) WEFT_CLOSES(stream); /* NULL is a no-op */

/* ---- listeners ------------------------------------------------------------------------------ */

/* A listening socket. */
typedef struct WEFT_OWNED("listener") weft_listener weft_listener;

#define WEFT_BACKLOG       1024 /* connections the kernel keeps waiting for accept */
#define WEFT_ACCEPT_PAUSE  (100 * WEFT_MILLISECOND) /* until the next try when files have run out */
#define WEFT_CONNECT_PAUSE (2 * WEFT_MILLISECOND)   /* and when a Unix socket's backlog is full */

/* On any thread, also before the runtime runs; the listener belongs to the worker that first
 * accepts from it. WEFT_ADDRESS when the address is taken or not ours, WEFT_PERMISSION for ports
 * below 1024. The socket file of a process that has died is replaced; closing removes ours. */
weft_error weft_listener_open(weft_listener **listener, const weft_address *address)
    WEFT_TRY_OPENS(*listener) WEFT_NODISCARD;
weft_address weft_listener_address(const weft_listener *listener)
    WEFT_USES(listener); /* with the chosen port */

/* Waits for the next connection. While the process is out of files or memory it goes on waiting,
 * warns once a second at most, and tries again every WEFT_ACCEPT_PAUSE. */
weft_error weft_listener_accept(weft_listener *listener, weft_stream **stream, int64_t deadline)
    WEFT_USES(listener) WEFT_TRY_OPENS(*stream) WEFT_NODISCARD;
void weft_listener_close(weft_listener *listener) WEFT_CLOSES(listener);

/* ---- datagrams ------------------------------------------------------------------------------ */

/* A UDP socket. Opaque. One fiber may receive and another send at the same time. */
typedef struct WEFT_OWNED("datagram") weft_datagram weft_datagram;

/* Bound to `address`; ":0" or "[::]:0" when it does not matter. WEFT_ADDRESS when that is taken,
 * not ours, or not of the internet families. */
weft_error weft_datagram_open(weft_datagram **datagram, const weft_address *address)
    WEFT_TRY_OPENS(*datagram) WEFT_NODISCARD;
weft_address weft_datagram_address(const weft_datagram *datagram)
    WEFT_USES(datagram); /* with the chosen port */

/* From now on only `peer` is heard, sending needs no address, and WEFT_REFUSED tells that nobody
 * listens there. Never suspends. */
weft_error weft_datagram_connect(weft_datagram *datagram, const weft_address *peer)
    WEFT_USES(datagram) WEFT_NODISCARD;

/* Sends one datagram, whole. `to` may be NULL when connected. WEFT_LIMIT when it is too long. */
weft_error weft_datagram_send(weft_datagram *datagram, const void *from, size_t len,
                              const weft_address *to, int64_t deadline) WEFT_USES(datagram)
    WEFT_NODISCARD;

/* Receives one datagram; an empty one is a datagram too. `from` may be NULL. WEFT_LIMIT when it was
 * longer than `len`: then *got is its length, and what did not fit is lost. */
weft_error weft_datagram_receive(weft_datagram *datagram, void *to, size_t len, size_t *got,
                                 weft_address *from, int64_t deadline) WEFT_USES(datagram)
    WEFT_NODISCARD;
void weft_datagram_close(weft_datagram *datagram) WEFT_CLOSES(datagram); /* NULL is a no-op */

#endif
