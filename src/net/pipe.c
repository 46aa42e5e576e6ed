/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * net/pipe.c: pipes between fibers, and to child processes. Writing to a pipe that nobody reads
 * raises SIGPIPE in the writing thread, and pipes have no flag against it; so it is blocked around
 * the call, and taken away when it has come.
 */
#include "net/pipe.h"
#include "net/stream.h"
#include <fcntl.h>
#include <unistd.h>

static void only_sigpipe(sigset_t *set)
{
    sigemptyset(set);
    sigaddset(set, SIGPIPE);
}

void weft__no_sigpipe_begin(sigset_t *before)
{
    sigset_t set;
    only_sigpipe(&set);
    pthread_sigmask(SIG_BLOCK, &set, before);
}

void weft__no_sigpipe_end(const sigset_t *before, ssize_t result)
{
    if (result == -EPIPE) {
        const struct timespec at_once = {0};
        sigset_t set;
        only_sigpipe(&set);
        while (sigtimedwait(&set, NULL, &at_once) < 0 && errno == EINTR)
            continue;
    }
    pthread_sigmask(SIG_SETMASK, before, NULL);
}

ssize_t weft__pipe_read(int fd, const struct iovec *parts, int count)
{
    ssize_t got;
    do
        got = readv(fd, parts, count);
    while (got < 0 && errno == EINTR);
    return got < 0 ? -errno : got;
}

ssize_t weft__pipe_write(int fd, const struct iovec *parts, int count)
{
    sigset_t before;
    ssize_t sent;
    weft__no_sigpipe_begin(&before);
    do
        sent = writev(fd, parts, count);
    while (sent < 0 && errno == EINTR);
    sent = sent < 0 ? -errno : sent;
    weft__no_sigpipe_end(&before, sent);
    return sent;
}

weft_error weft_pipe_open(weft_stream **reader, weft_stream **writer)
{
    int ends[2];
    weft_stream *opened;
    if (pipe2(ends, O_CLOEXEC | O_NONBLOCK) < 0)
        return weft_error_from_errno(errno);
    weft_error error = weft__stream_adopt_as(&opened, ends[0], WEFT__STREAM_READER);
    if (error) {
        close(ends[1]);
        return error;
    }
    error = weft__stream_adopt_as(writer, ends[1], WEFT__STREAM_WRITER);
    if (error)
        weft_stream_close(opened);
    else
        *reader = opened;
    return error;
}
