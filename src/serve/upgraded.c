/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * serve/upgraded.c: a connection that has switched to another protocol: its bytes, and the news
 * that the server stops.
 */
#include "base/errno.h"
#include "runtime/hold.h"
#include "serve/burst.h"
#include <sys/socket.h>

typedef struct upgraded {
    weft_upgraded connection;
    weft__burst *burst;
    bool told;  /* that the server stops */
    bool woken; /* before its time */
} upgraded;

static upgraded *of(weft_upgraded *connection)
{
    return (upgraded *)(void *)connection;
}

static bool is_draining(const weft_upgraded *connection)
{
    WEFT__HOLD_WORKER();
    const upgraded *self = (const upgraded *)(const void *)connection;
    return self->burst->visit->shard->draining;
}

/* Until input may have come. */
static weft_error await_input(upgraded *self, int64_t deadline)
{
    weft__visit *visit = self->burst->visit;
    for (;;) {
        if (is_draining(&self->connection) && !self->told) {
            self->told = true;
            return WEFT_SHUTTING_DOWN;
        }
        if (visit->source->ready & WEFT__READABLE)
            return WEFT_OK;
        self->woken = false;
        WEFT_TRY(weft__visit_wait(visit, WEFT__READABLE, deadline));
        if (self->woken)
            return WEFT_TIMED_OUT;
    }
}

static void wake(weft_upgraded *connection)
{
    of(connection)->woken = weft__visit_wake(of(connection)->burst->visit);
}

static size_t take_buffered(weft__burst *burst, void *to, size_t len)
{
    if (len > burst->end - burst->at)
        len = burst->end - burst->at;
    if (len != 0)
        memcpy(to, burst->in + burst->at, len);
    burst->at += len;
    return len;
}

static weft_error read_some(weft_upgraded *connection, void *to, size_t len, size_t *got,
                            int64_t deadline)
{
    WEFT__HOLD_WORKER();
    upgraded *self = of(connection);
    weft_error error = WEFT_BUSY;
    *got = take_buffered(self->burst, to, len);
    if (*got != 0)
        return WEFT_OK;
    while (error == WEFT_BUSY) {
        WEFT_TRY(await_input(self, deadline));
        error = weft__burst_peek(self->burst, to, len, got);
    }
    return error == WEFT_CLOSED ? WEFT_OK : error;
}

static weft_error wait_for_input(weft_upgraded *connection, int64_t deadline)
{
    WEFT__HOLD_WORKER();
    upgraded *self = of(connection);
    weft__source *source = self->burst->visit->source;
    char byte;
    if (self->burst->at < self->burst->end)
        return WEFT_OK;
    for (;;) {
        WEFT_TRY(await_input(self, deadline));
        ssize_t got = recv(source->fd, &byte, 1, MSG_PEEK);
        if (got >= 0)
            return WEFT_OK;
        if (errno != EAGAIN && errno != EINTR)
            return WEFT_RESET;
        if (errno == EAGAIN)
            weft__source_blocked(source, WEFT__READABLE);
    }
}

static weft_error write_all(weft_upgraded *connection, const void *from, size_t len,
                            int64_t deadline)
{
    WEFT__HOLD_WORKER();
    return weft__burst_send_by(of(connection)->burst, from, len, deadline);
}

static weft_error send_within(weft_upgraded *connection, const void *from, size_t len,
                              int64_t patience)
{
    WEFT__HOLD_WORKER();
    return weft__burst_send_within(of(connection)->burst, from, len, patience);
}

void weft__upgraded_serve(weft__burst *burst)
{
    static const weft__upgraded_calls calls = {read_some,   wait_for_input, write_all,
                                               send_within, is_draining,    wake};
    const weft__flow *flow = burst->response.flow;
    upgraded self = {.connection = {&calls, &burst->request}, .burst = burst};
    burst->visit->upgraded = true;
    weft__loosen();
    flow->serve(&self.connection, flow->arg);
    weft__hold();
    burst->visit->upgraded = false;
}
