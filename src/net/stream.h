/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * net/stream.h: what serve and db use beside the public calls: the socket calls themselves, without
 * errno, and accepting a bare descriptor; not public.
 */
#ifndef WEFT_NET_STREAM_H
#define WEFT_NET_STREAM_H

#include "base/errno.h"
#include <assert.h>
#include <runtime/budget.h>
#include <runtime/hold.h>
#include <runtime/reactor.h>
#include <sys/socket.h>
#include <weft/net.h>

typedef enum weft__stream_kind {
    WEFT__STREAM_SOCKET,
    WEFT__STREAM_READER, /* of a pipe */
    WEFT__STREAM_WRITER,
} weft__stream_kind;

struct weft_stream {
    weft__source source;
    uint8_t kind; /* a weft__stream_kind */
    unsigned worker;
};

/* What belongs to a worker is used only on it. */
static inline void weft__assert_on(unsigned worker)
{
    assert(worker == weft_worker_index());
    (void)worker;
}

/* First thing of a function that uses it: the worker is held to the function's end. */
#define WEFT__ON_WORKER(worker) \
    weft__assert_on(worker);    \
    WEFT__HOLD_WORKER()

/* Bytes, or -errno; -EAGAIN when nothing is there. */
static inline ssize_t weft__socket_recv(int fd, void *to, size_t len)
{
    ssize_t got;
    do
        got = recv(fd, to, len, 0);
    while (got < 0 && errno == EINTR);
    return got < 0 ? -errno : got;
}

/* Bytes, or -errno; -EAGAIN when the peer is slow. Never raises SIGPIPE. */
static inline ssize_t weft__socket_send(int fd, const void *from, size_t len)
{
    ssize_t sent;
    do
        sent = send(fd, from, len, MSG_NOSIGNAL);
    while (sent < 0 && errno == EINTR);
    return sent < 0 ? -errno : sent;
}

/* Turns off Nagle's algorithm: what is sent here is sent whole. No-op but for TCP. */
void weft__socket_no_delay(int fd);

/* Opens a listening socket (non-blocking, close-on-exec), whose connections will have no delay.
 * `bound` is where it listens. 0, or errno. */
int weft__socket_listen(int *fd, const weft_address *address, weft_address *bound) WEFT_NODISCARD;

/* Removes the file of a listening Unix socket. No-op for other addresses. */
void weft__socket_unlink(const weft_address *bound);

/* Waits for a connection and hands out its descriptor (non-blocking, close-on-exec, no delay),
 * registered nowhere and so free to go to any worker. `peer` may be NULL. Otherwise as
 * weft_listener_accept. */
weft_error weft__listener_accept(weft_listener *listener, int *fd, weft_address *peer,
                                 int64_t deadline) WEFT_NODISCARD;

/* A stream of the running worker around a non-blocking descriptor, which it owns from then on; on
 * failure it is closed. */
weft_error weft__stream_adopt(weft_stream **stream, int fd) WEFT_NODISCARD;
weft_error weft__stream_adopt_as(weft_stream **stream, int fd, weft__stream_kind kind)
    WEFT_NODISCARD;

/* After an attempt to write that answered `result`, which is -errno: waits for room, or says what
 * failed. */
weft_error weft__stream_await_room(weft_stream *stream, ssize_t result, int64_t deadline)
    WEFT_NODISCARD;

/* Sleeps for `duration` before another try; WEFT_TIMED_OUT when there will be no time for one. */
weft_error weft__pause(int64_t duration, int64_t deadline) WEFT_NODISCARD;

#endif
