/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * net/stream.h: what serve and db use beside the public calls: the socket calls themselves, without
 * errno, and accepting a bare descriptor; not public.
 */
#ifndef WEFT_NET_STREAM_H
#define WEFT_NET_STREAM_H

#include <errno.h>
#include <runtime/reactor.h>
#include <sys/socket.h>
#include <weft/net.h>

struct weft_stream {
    weft__source source;
};

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

/* Turns off Nagle's algorithm: what is sent here is sent whole. */
void weft__socket_no_delay(int fd);

/* Waits for a connection and hands out its descriptor (non-blocking, close-on-exec, no delay),
 * registered nowhere and so free to go to any worker. `peer` may be NULL. Otherwise as
 * weft_listener_accept. */
weft_error weft__listener_accept(weft_listener *listener, int *fd, weft_address *peer,
                                 int64_t deadline) WEFT_NODISCARD;

/* A stream of the running worker around a connected descriptor, which it owns from then on; on
 * failure it is closed. */
weft_error weft__stream_adopt(weft_stream **stream, int fd) WEFT_NODISCARD;

#endif
