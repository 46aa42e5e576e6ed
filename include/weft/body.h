/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * weft/body.h: bodies piece by piece, in both directions, and connections that leave HTTP: for what
 * does not fit into memory, is not known yet when the answer begins, or never ends. All of it runs
 * on the request's fiber and blocks nobody else; the client's pace is the pace of the code here.
 */
#ifndef WEFT_BODY_H
#define WEFT_BODY_H

#include <weft/http.h>

/* ---- requests -------------------------------------------------------------------------------- */

/* The next bytes of the body, 1 to `size` of them, or *got 0 at its end: in place of
 * weft_request_body, which afterwards answers 500. After weft_request_body it gives that body in
 * pieces. Sends "100 Continue" when the client waits for it. `size` is not 0.
 *
 * WEFT_HTTP_OK; CONTENT_TOO_LARGE over the limit; BAD_REQUEST malformed or cut short;
 * REQUEST_TIMEOUT when the client is slower than the server's body_rate; later calls answer a
 * failure again. No more than the server's read buffer is held. Suspends. */
weft_http_status weft_request_read(weft_request *request, void *to, size_t size, size_t *got)
    WEFT_NODISCARD WEFT_NONNULL(1, 2, 4) WEFT_FILLS(2, to, 3, size);

/* The most bytes of this request's body, read whole or in pieces, in place of the server's
 * body_limit and stream_limit; 0: those again. Before the body is read. */
void weft_request_body_limit(weft_request *request, uint64_t bytes) WEFT_NONNULL(1);

/* The value of the first field of that name (without case) in the trailer section, which follows a
 * chunked body; {NULL, 0} when there is none, and before the body's end. */
weft_str weft_request_trailer(const weft_request *request, const char *name) WEFT_NONNULL(1, 2);

/* Has fn(arg) called, on the request's fiber, when the response has been sent or is lost and before
 * the request's memory goes; what was asked for last is called first. For what a handler opened
 * for its producer. WEFT_NO_MEMORY: it will not be called. */
weft_error weft_request_defer(weft_request *request, void (*fn)(void *arg), void *arg)
    WEFT_NODISCARD WEFT_NONNULL(1, 2);

/* ---- responses ------------------------------------------------------------------------------- */

#define WEFT_LENGTH_UNKNOWN UINT64_MAX

/* What a producer writes to. */
typedef struct weft_body weft_body;

/* Writes the body. It runs on the request's fiber when handler and layers have returned and the
 * head is written; the fiber's deadline is what it was before them. Not at all when there is no
 * body to send (HEAD, 204, 304; a layer that answered otherwise): weft_request_defer is for what
 * must be done in any case. When it fails the connection is cut, so that the client sees that the
 * body has no end; a failure that is not the client's is logged. */
typedef weft_error weft_body_fn(weft_body *body, void *arg);

/* Makes what `produce(body, arg)` will write the body. `length` is its exact number of bytes, or
 * WEFT_LENGTH_UNKNOWN: then it is sent in chunks, and to an HTTP/1.0 client until the connection
 * ends. `content_type` is static or in the request's arena, and `arg` lives as long as the request.
 * WEFT_HTTP_OK (a handler may return another status), or INTERNAL_SERVER_ERROR out of memory. Never
 * suspends. */
weft_http_status weft_response_stream(weft_response *response, weft_str content_type,
                                      uint64_t length, weft_body_fn *produce, void *arg)
    WEFT_NODISCARD WEFT_NONNULL(1, 4);

/* Appends bytes, which are copied or sent: a buffer of 16 KiB gathers them, and when it is full
 * they are on their way. WEFT_OK; WEFT_LIMIT beyond the length that was announced; and for good
 * WEFT_RESET when the client is gone, WEFT_TIMED_OUT when it was too slow (write_deadline),
 * WEFT_CANCELLED when the server cuts off what is left. Suspends while the client is slow. */
weft_error weft_body_write(weft_body *body, const void *from, size_t len)
    WEFT_NODISCARD WEFT_NONNULL(1) WEFT_READS(2, from, 3, len);

/* What was written so far is on its way when it returns. Otherwise as weft_body_write. */
weft_error weft_body_flush(weft_body *body) WEFT_NODISCARD WEFT_NONNULL(1);

/* A field behind the body. It is sent to clients that ask for such (TE: trailers) and otherwise
 * left out. Name and value are copied. WEFT_INVALID when they could not be a field, when the field
 * must not stand there (RFC 9110 section 6.5.1), and when the length was announced;
 * WEFT_NO_MEMORY. */
weft_error weft_body_trailer(weft_body *body, weft_str name, weft_str value)
    WEFT_NODISCARD WEFT_NONNULL(1);

/* Says that the body goes on until somebody ends it. So when the server begins to stop the producer
 * is cancelled: its waits return WEFT_CANCELLED, and what it has written when it returns is the
 * whole body. */
void weft_body_endless(weft_body *body) WEFT_NONNULL(1);

weft_request *weft_body_request(const weft_body *body) WEFT_NONNULL(1);

/* ---- connections that leave HTTP (RFC 9110 section 7.8) -------------------------------------- */

/* A connection after "101 Switching Protocols". It belongs to the fiber's worker, where one fiber
 * at a time may read and one write. */
typedef struct weft_upgraded weft_upgraded;

/* Runs on the request's fiber; when it returns, the connection is closed. */
typedef void weft_upgraded_fn(weft_upgraded *connection, void *arg);

/* Switches to `protocol` and calls serve(connection, arg) once the head is sent. Returns the status
 * that the handler is to return, WEFT_HTTP_SWITCHING_PROTOCOLS. A client that did not ask for that
 * protocol, or cannot switch, is answered 426 with the field Upgrade instead. `protocol` is
 * copied. INTERNAL_SERVER_ERROR when it is no token or out of memory. Never suspends. */
weft_http_status weft_response_upgrade(weft_response *response, weft_str protocol,
                                       weft_upgraded_fn *serve, void *arg)
    WEFT_NODISCARD WEFT_NONNULL(1, 3);

/* Reads 1 to `len` bytes, first those that came behind the request's head; *got 0 at the end of the
 * stream. WEFT_TIMED_OUT, WEFT_CANCELLED, WEFT_RESET; WEFT_SHUTTING_DOWN, once, when the server
 * begins to stop: what has to be said before the end is said now, and reading may go on until the
 * drain deadline. Suspends. */
weft_error weft_upgraded_read(weft_upgraded *connection, void *to, size_t len, size_t *got,
                              int64_t deadline) WEFT_NODISCARD WEFT_NONNULL(1, 2, 4)
    WEFT_FILLS(2, to, 3, len);

/* Waits until there is something to read, the end included, without reading it. As above. */
weft_error weft_upgraded_wait(weft_upgraded *connection, int64_t deadline)
    WEFT_NODISCARD WEFT_NONNULL(1);

/* Sends all of it. WEFT_TIMED_OUT, WEFT_CANCELLED, WEFT_RESET. Suspends. */
weft_error weft_upgraded_write(weft_upgraded *connection, const void *from, size_t len,
                               int64_t deadline) WEFT_NODISCARD WEFT_NONNULL(1)
    WEFT_READS(2, from, 3, len);

bool weft_upgraded_draining(const weft_upgraded *connection) WEFT_NONNULL(1); /* it stops */
weft_request *weft_upgraded_request(const weft_upgraded *connection) WEFT_NONNULL(1);

#endif
