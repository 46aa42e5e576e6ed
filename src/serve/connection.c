/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * serve/connection.c: the life of a connection between its bursts: opened, at rest in its slot,
 * lingering, closed. A connection at rest has no fiber: readability starts one, the timer closes
 * it.
 */
#include "serve/burst.h"
#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>

static void on_readable(weft__source *source)
{
    weft__connection *connection = WEFT__OWNER(source, weft__connection, source);
    if (connection->phase != WEFT__PHASE_IDLE)
        return; /* a burst is running and looks at `ready` before it ends */
    connection->phase = WEFT__PHASE_HEAD;
    if (weft__fiber_start("connection", weft__burst_run, connection) != WEFT_OK) {
        weft_log(WEFT_LOG_ERROR, "serve", "no memory for a fiber; a connection is closed");
        weft__connection_close(connection);
    }
}

/* The timer is not moved with each request: an early one finds the deadline moved and goes on. */
static void on_timer(weft__timer *timer)
{
    weft__connection *connection = WEFT__OWNER(timer, weft__connection, timer);
    if (connection->phase != WEFT__PHASE_IDLE)
        return;
    if (weft__worker_now() < connection->deadline)
        weft__timer_arm(timer, connection->deadline);
    else
        weft__connection_close(connection);
}

static void close_by(weft__connection *connection, int64_t duration)
{
    int64_t now = weft__worker_now();
    connection->deadline = duration < WEFT_NEVER - now ? now + duration : WEFT_NEVER;
    bool armed = connection->timer.ring.previous != NULL;
    if (!armed || connection->timer.deadline > connection->deadline)
        weft__timer_arm(&connection->timer, connection->deadline);
}

static int64_t patience(const weft__shard *shard, int64_t duration)
{
    return shard->draining ? WEFT__DRAIN_GRACE : duration;
}

void weft__connection_open(weft__shard *shard, int fd, const weft__peer *peer)
{
    weft__connection *connection = weft__slots_take(&shard->slots);
    if (connection == NULL)
        goto close_fd;
    connection->shard = shard;
    connection->peer = *peer;
    connection->source.fd = fd;
    connection->source.on_ready = on_readable;
    connection->timer.fn = on_timer;
    if (weft__source_open(&connection->source) != WEFT_OK)
        goto give_slot;
    close_by(connection, patience(shard, shard->server->options.first_deadline));
    return;

give_slot:
    weft__slots_give(&shard->slots, connection);
close_fd:
    weft_log(WEFT_LOG_ERROR, "serve", "no memory for a connection; it is closed");
    close(fd);
    weft__shard_uncount(shard);
}

void weft__connection_close(weft__connection *connection)
{
    weft__shard *shard = connection->shard;
    weft__timer_cancel(&connection->timer);
    int fd = connection->source.fd;
    weft__source_close(&connection->source);
    close(fd);
    weft__slots_give(&shard->slots, connection);
    weft__shard_uncount(shard);
}

void weft__connection_rest(weft__connection *connection)
{
    connection->phase = WEFT__PHASE_IDLE;
    connection->fiber = NULL;
    close_by(connection,
             patience(connection->shard, connection->shard->server->options.idle_deadline));
}

void weft__connection_linger(weft__connection *connection)
{
    weft__shard *shard = connection->shard;
    weft__source *source = &connection->source;
    int64_t deadline = weft_deadline_after(shard->server->options.linger_deadline);
    size_t left = shard->server->options.linger_limit;

    connection->phase = WEFT__PHASE_LINGER;
    if (shutdown(source->fd, SHUT_WR) != 0)
        return;
    while (left > 0 && weft_clock_now() < deadline) {
        if (!(source->ready & WEFT__READABLE) &&
            weft__source_wait(source, WEFT__READABLE, deadline) != WEFT_OK)
            return;
        size_t room = left < WEFT__JUNK_SIZE ? left : WEFT__JUNK_SIZE;
        ssize_t got = recv(source->fd, shard->junk, room, 0);
        if (got == 0 || (got < 0 && errno != EAGAIN && errno != EINTR))
            return;
        if (got < 0)
            weft__source_blocked(source, WEFT__READABLE);
        else
            left -= (size_t)got;
        weft_yield(); /* a fast sender must not keep the worker */
    }
}

void weft__connection_drain(weft__connection *connection)
{
    if (connection->phase == WEFT__PHASE_IDLE)
        close_by(connection, WEFT__DRAIN_GRACE);
}

void weft__connection_cut(weft__connection *connection)
{
    if (connection->phase == WEFT__PHASE_IDLE) {
        weft__connection_close(connection);
        return;
    }
    if (connection->phase == WEFT__PHASE_ANSWER)
        atomic_fetch_add_explicit(&connection->shard->server->cut_off, 1, memory_order_relaxed);
    shutdown(connection->source.fd, SHUT_RDWR);
    if (connection->fiber != NULL)
        weft_fiber_cancel(connection->fiber);
}
