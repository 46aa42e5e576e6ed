/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * net/stream.c: connected sockets: connect, read, write. The system call is tried first; the fiber
 * waits only when it had nothing to give, and is not asked again when a short read has said so
 * already.
 */
#include "net/stream.h"
#include "net/address.h"
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <unistd.h>

void weft__socket_no_delay(int fd)
{
    int on = 1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on); /* not TCP: nothing to turn off */
}

weft_error weft__stream_adopt(weft_stream **stream, int fd)
{
    weft_error error = WEFT_NO_MEMORY;
    weft_stream *adopted = calloc(1, sizeof *adopted);
    if (!adopted)
        goto close;
    adopted->source.fd = fd;
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
    struct sockaddr_storage system;
    socklen_t len = weft__address_to_system(address, &system);
    int fd = socket(system.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return weft_error_from_errno(errno);
    weft__socket_no_delay(fd);
    /* An interrupted connect goes on by itself, like one that could not end at once. */
    if (connect(fd, (struct sockaddr *)&system, len) < 0 && errno != EINPROGRESS &&
        errno != EINTR) {
        weft_error error = weft_error_from_errno(errno);
        close(fd);
        return error;
    }
    WEFT_TRY(weft__stream_adopt(stream, fd));
    weft_error error = connected(*stream, deadline);
    if (error) {
        weft_stream_close(*stream);
        *stream = NULL;
    }
    return error;
}

weft_error weft_stream_read(weft_stream *stream, void *to, size_t len, size_t *got,
                            int64_t deadline)
{
    *got = 0;
    if (len == 0)
        return WEFT_OK;
    for (;;) {
        WEFT_TRY(weft__source_wait(&stream->source, WEFT__READABLE, deadline));
        ssize_t result = weft__socket_recv(stream->source.fd, to, len);
        if (result >= 0) {
            *got = (size_t)result;
            if (*got<len && * got> 0)
                weft__source_drained(&stream->source);
            return WEFT_OK;
        }
        if (result != -EAGAIN)
            return weft_error_from_errno((int)-result);
        weft__source_blocked(&stream->source, WEFT__READABLE);
    }
}

weft_error weft_stream_write(weft_stream *stream, const void *from, size_t len, int64_t deadline)
{
    const char *at = from;
    while (len > 0) {
        ssize_t result = weft__socket_send(stream->source.fd, at, len);
        if (result >= 0) {
            at += result;
            len -= (size_t)result;
            continue;
        }
        if (result != -EAGAIN)
            return weft_error_from_errno((int)-result);
        weft__source_blocked(&stream->source, WEFT__WRITABLE);
        WEFT_TRY(weft__source_wait(&stream->source, WEFT__WRITABLE, deadline));
    }
    return WEFT_OK;
}

void weft_stream_close(weft_stream *stream)
{
    if (!stream)
        return;
    weft__source_close(&stream->source);
    close(stream->source.fd);
    free(stream);
}
