/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * net/stream.c: connected sockets and the ends of pipes: connect, read, write. The system call is
 * tried first; the fiber waits only when it had nothing to give, and is not asked again when a
 * short read has said so already.
 */
#include "net/stream.h"
#include "net/address.h"
#include "net/pipe.h"
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <unistd.h>

void weft__socket_no_delay(int fd)
{
    int on = 1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on); /* not TCP: nothing to turn off */
}

weft_error weft__pause(int64_t duration, int64_t deadline)
{
    int64_t again = weft_deadline_after(duration);
    WEFT_TRY(weft_sleep_until(again < deadline ? again : deadline));
    return again < deadline ? WEFT_OK : WEFT_TIMED_OUT;
}

/* ---- opening and closing -------------------------------------------------------------------- */

weft_error weft__stream_adopt_as(weft_stream **stream, int fd, weft__stream_kind kind)
{
    weft_error error = WEFT_NO_MEMORY;
    weft_stream *adopted = calloc(1, sizeof *adopted);
    if (!adopted)
        goto close;
    adopted->source.fd = fd;
    adopted->kind = (uint8_t)kind;
    adopted->worker = weft_worker_index();
    error = weft__source_open(&adopted->source);
    if (error)
        goto release;
    *stream = adopted;
    return WEFT_OK;
release:
    free(adopted);
close:
    close(fd);
    return error;
}

weft_error weft__stream_adopt(weft_stream **stream, int fd)
{
    return weft__stream_adopt_as(stream, fd, WEFT__STREAM_SOCKET);
}

/* Begins to connect. A Unix socket whose backlog is full does not queue us: it is asked again. */
static weft_error begin_connect(int fd, const weft_address *address, int64_t deadline)
{
    struct sockaddr_storage system;
    socklen_t len = weft__address_to_system(address, &system);
    for (;;) {
        /* An interrupted connect goes on by itself, like one that could not end at once. */
        if (connect(fd, (struct sockaddr *)&system, len) == 0 || errno == EINPROGRESS ||
            errno == EINTR)
            return WEFT_OK;
        if (errno != EAGAIN || system.ss_family != AF_UNIX)
            return weft_error_from_errno(errno);
        WEFT_TRY(weft__pause(WEFT_CONNECT_PAUSE, deadline));
    }
}

/* The outcome of a connect that has begun. */
static weft_error connected(weft_stream *stream, int64_t deadline)
{
    WEFT_TRY(weft__source_wait(&stream->source, WEFT__WRITABLE, deadline));
    int number = 0;
    socklen_t len = sizeof number;
    if (getsockopt(stream->source.fd, SOL_SOCKET, SO_ERROR, &number, &len) < 0)
        number = errno;
    return weft_error_from_errno(number);
}

weft_error weft_stream_connect(weft_stream **stream, const weft_address *address, int64_t deadline)
{
    int fd = socket(weft__address_family(address), SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return weft_error_from_errno(errno);
    weft__socket_no_delay(fd);
    weft_error error = begin_connect(fd, address, deadline);
    if (error) {
        close(fd);
        return error;
    }
    WEFT_TRY(weft__stream_adopt(stream, fd));
    error = connected(*stream, deadline);
    if (error) {
        weft_stream_close(*stream);
        *stream = NULL;
    }
    return error;
}

weft_error weft_stream_finish(weft_stream *stream)
{
    WEFT__ON_WORKER(stream->worker);
    if (stream->kind != WEFT__STREAM_SOCKET)
        return WEFT_INVALID;
    return shutdown(stream->source.fd, SHUT_WR) < 0 ? weft_error_from_errno(errno) : WEFT_OK;
}

void weft_stream_close(weft_stream *stream)
{
    WEFT_GIVES(stream);
    if (!stream)
        return;
    WEFT__ON_WORKER(stream->worker);
    weft__source_close(&stream->source);
    close(stream->source.fd);
    free(stream);
}

/* ---- reading -------------------------------------------------------------------------------- */

static ssize_t take(const weft_stream *stream, const struct iovec *parts, size_t count)
{
    int fd = stream->source.fd;
    if (stream->kind != WEFT__STREAM_SOCKET)
        return weft__pipe_read(fd, parts, (int)count);
    if (WEFT_LIKELY(count == 1)) /* which costs the kernel less */
        return weft__socket_recv(fd, parts->iov_base, parts->iov_len);
    struct msghdr message = {.msg_iov = (struct iovec *)(uintptr_t)parts, .msg_iovlen = count};
    ssize_t got;
    do
        got = recvmsg(fd, &message, 0);
    while (got < 0 && errno == EINTR);
    return got < 0 ? -errno : got;
}

/* The bytes that parts[0..count) hold; SIZE_MAX when that is more than there can be. */
static size_t total(const struct iovec *parts, size_t count)
{
    size_t len = 0;
    for (size_t i = 0; i < count; i++)
        if (__builtin_add_overflow(len, parts[i].iov_len, &len))
            return SIZE_MAX;
    return len;
}

weft_error weft_stream_read_parts(weft_stream *stream, const struct iovec *parts, size_t count,
                                  size_t *got, int64_t deadline)
{
    WEFT__ON_WORKER(stream->worker);
    if (count > WEFT_STREAM_PARTS)
        count = WEFT_STREAM_PARTS;
    size_t len = total(parts, count);
    *got = 0;
    if (len == 0)
        return WEFT_OK;
    if (stream->kind == WEFT__STREAM_WRITER)
        return WEFT_INVALID;
    weft__budget_take_many(WEFT_BUDGET_CALL);
    ssize_t result;
    for (;;) {
        WEFT_TRY(weft__source_wait(&stream->source, WEFT__READABLE, deadline));
        result = take(stream, parts, count);
        if (result != -EAGAIN)
            break;
        weft__source_blocked(&stream->source, WEFT__READABLE);
    }
    if (result < 0)
        return weft_error_from_errno((int)-result);
    *got = (size_t)result;
    if (result > 0 && *got < len)
        weft__source_drained(&stream->source);
    return WEFT_OK;
}

weft_error weft_stream_read(weft_stream *stream, void *to, size_t len, size_t *got,
                            int64_t deadline)
{
    const struct iovec part = {.iov_base = to, .iov_len = len};
    return weft_stream_read_parts(stream, &part, 1, got, deadline);
}

weft_error weft_stream_read_exactly(weft_stream *stream, void *to, size_t len, size_t *got,
                                    int64_t deadline)
{
    *got = 0;
    while (*got < len) {
        size_t more;
        WEFT_TRY(weft_stream_read(stream, (char *)to + *got, len - *got, &more, deadline));
        if (more == 0)
            return WEFT_CLOSED;
        *got += more;
    }
    return WEFT_OK;
}

/* ---- writing -------------------------------------------------------------------------------- */

static ssize_t give(const weft_stream *stream, const struct iovec *parts, size_t count)
{
    int fd = stream->source.fd;
    if (stream->kind != WEFT__STREAM_SOCKET)
        return weft__pipe_write(fd, parts, (int)count);
    if (WEFT_LIKELY(count == 1))
        return weft__socket_send(fd, parts->iov_base, parts->iov_len);
    struct msghdr message = {.msg_iov = (struct iovec *)(uintptr_t)parts, .msg_iovlen = count};
    ssize_t sent;
    do
        sent = sendmsg(fd, &message, MSG_NOSIGNAL);
    while (sent < 0 && errno == EINTR);
    return sent < 0 ? -errno : sent;
}

weft_error weft__stream_await_room(weft_stream *stream, ssize_t result, int64_t deadline)
{
    if (result != -EAGAIN)
        return weft_error_from_errno((int)-result);
    weft__source_blocked(&stream->source, WEFT__WRITABLE);
    return weft__source_wait(&stream->source, WEFT__WRITABLE, deadline);
}

/* Copies the list from its first part on, of which `skip` bytes are done. Returns how many. */
static size_t window(struct iovec to[WEFT_STREAM_PARTS], const struct iovec *parts, size_t count,
                     size_t skip)
{
    if (count > WEFT_STREAM_PARTS)
        count = WEFT_STREAM_PARTS;
    memcpy(to, parts, count * sizeof *parts);
    to->iov_base = (char *)to->iov_base + skip;
    to->iov_len -= skip;
    return count;
}

weft_error weft_stream_write_parts(weft_stream *stream, const struct iovec *parts, size_t count,
                                   int64_t deadline)
{
    WEFT__ON_WORKER(stream->worker);
    if (stream->kind == WEFT__STREAM_READER)
        return WEFT_INVALID;
    size_t done = 0; /* bytes of the first part */
    for (;;) {
        for (; count > 0 && done >= parts->iov_len; parts++, count--)
            done -= parts->iov_len;
        if (count == 0)
            return WEFT_OK;
        struct iovec some[WEFT_STREAM_PARTS];
        weft__budget_take_many(WEFT_BUDGET_CALL);
        ssize_t result = give(stream, some, window(some, parts, count, done));
        if (result < 0)
            WEFT_TRY(weft__stream_await_room(stream, result, deadline));
        else
            done += (size_t)result;
    }
}

weft_error weft_stream_write(weft_stream *stream, const void *from, size_t len, int64_t deadline)
{
    const struct iovec part = {.iov_base = (void *)(uintptr_t)from, .iov_len = len};
    return weft_stream_write_parts(stream, &part, 1, deadline);
}

/* ---- the other end -------------------------------------------------------------------------- */

weft_address weft_stream_peer(const weft_stream *stream)
{
    struct sockaddr_storage system = {0};
    socklen_t len = sizeof system;
    if (getpeername(stream->source.fd, (struct sockaddr *)&system, &len) < 0)
        return (weft_address){0};
    return weft__address_from_system(&system, len);
}

weft_error weft_stream_credentials(const weft_stream *stream, weft_credentials *out)
{
    struct ucred peer;
    socklen_t len = sizeof peer;
    weft_address address = weft_stream_peer(stream);
    if (weft__address_family(&address) != AF_UNIX)
        return WEFT_INVALID;
    if (getsockopt(stream->source.fd, SOL_SOCKET, SO_PEERCRED, &peer, &len) < 0)
        return weft_error_from_errno(errno);
    *out = (weft_credentials){.pid = peer.pid, .uid = peer.uid, .gid = peer.gid};
    return WEFT_OK;
}
