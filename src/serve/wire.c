/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * serve/wire.c: a burst's system calls. On a stream a read that brings less than was asked for has
 * emptied the socket, so that no call is spent to hear EAGAIN.
 */
#include "serve/burst.h"
#include <errno.h>
#include <sys/socket.h>

weft_error weft__burst_peek(weft__burst *burst, char *to, size_t room, size_t *got)
{
    weft__source *source = burst->visit->source;
    ssize_t count;
    do {
        count = recv(source->fd, to, room, 0);
    } while (count < 0 && errno == EINTR);
    if (count < 0 && errno != EAGAIN)
        return WEFT_RESET;
    if (count < 0) {
        weft__source_blocked(source, WEFT__READABLE);
        return WEFT_BUSY;
    }
    if ((size_t)count < room)
        weft__source_drained(source);
    *got = (size_t)count;
    return count > 0 ? WEFT_OK : WEFT_CLOSED;
}

weft_error weft__burst_read(weft__burst *burst, char *to, size_t room, size_t *got,
                            int64_t deadline)
{
    weft__source *source = burst->visit->source;
    for (;;) {
        if (!(source->ready & WEFT__READABLE)) {
            if (!weft__burst_flush(burst))
                return WEFT_CLOSED;
            WEFT_TRY(weft__visit_wait(burst->visit, WEFT__READABLE, deadline));
        }
        weft_error error = weft__burst_peek(burst, to, room, got);
        if (error != WEFT_BUSY)
            return error;
    }
}

weft_error weft__burst_fill(weft__burst *burst, int64_t deadline)
{
    size_t got;
    WEFT_TRY(weft__burst_read(burst, burst->in + burst->end, burst->in_size - burst->end, &got,
                              deadline));
    burst->end += got;
    return WEFT_OK;
}

bool weft__burst_send(weft__burst *burst, const char *bytes, size_t len)
{
    weft__source *source = burst->visit->source;
    int64_t patience = burst->visit->shard->server->options.write_deadline;
    int64_t deadline = 0;
    size_t sent = 0, step = 0;

    while (sent < len) {
        ssize_t count = send(source->fd, bytes + sent, len - sent, MSG_NOSIGNAL);
        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0 && errno != EAGAIN)
            return false;
        sent += count > 0 ? (size_t)count : 0;
        if (sent == len)
            break;
        if (deadline == 0 || sent >= step) {
            deadline = weft_deadline_after(patience);
            step = sent + WEFT__WRITE_STEP;
        }
        weft__source_blocked(source, WEFT__WRITABLE);
        if (weft__visit_wait(burst->visit, WEFT__WRITABLE, deadline) != WEFT_OK)
            return false;
    }
    return true;
}

bool weft__burst_flush(weft__burst *burst)
{
    bool sent = weft__burst_send(burst, burst->out.at, burst->out.len);
    burst->out = (weft_buffer){
        .at = burst->first, .capacity = sizeof burst->first, .arena = &burst->overflow};
    weft_arena_reset(&burst->overflow);
    return sent;
}
