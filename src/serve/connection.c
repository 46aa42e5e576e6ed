/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * serve/connection.c: the life of a connection between its bursts: opened, at rest in its slot,
 * closed. A connection at rest has no fiber: readability starts one, the timer closes
 * it.
 */
#include "serve/burst.h"
#include <unistd.h>

void weft__connection_serve(weft__connection *connection)
{
    weft__source *source = &connection->source;
    connection->phase = WEFT__PHASE_BUSY;
    connection->edges = source->ready & (WEFT__READABLE | WEFT__HANGUP);
    source->ready &= (uint8_t)~connection->edges;
    atomic_store_explicit(&connection->hung_up, false, memory_order_relaxed);
    if (weft__fiber_start_anywhere("connection", weft__burst_run, connection) != WEFT_OK) {
        weft_log(WEFT_LOG_ERROR, "serve", "no memory for a fiber; a connection is closed");
        weft__connection_close(connection);
    }
}

static void on_readable(weft__source *source)
{
    weft__connection *connection = WEFT__OWNER(source, weft__connection, source);
    if (connection->phase == WEFT__PHASE_IDLE)
        weft__connection_serve(connection);
    else if (source->ready & WEFT__HANGUP)
        weft__connection_hang_up(connection);
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
    return shard->draining && !shard->patient ? WEFT__DRAIN_GRACE : duration;
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
    weft__shard_leave(shard, peer);
}

void weft__connection_close(weft__connection *connection)
{
    weft__shard *shard = connection->shard;
    weft__timer_cancel(&connection->timer);
    int fd = connection->source.fd;
    weft__source_close(&connection->source);
    close(fd);
    weft__peer peer = connection->peer;
    weft__slots_give(&shard->slots, connection);
    weft__shard_leave(shard, &peer);
}

void weft__connection_rest(weft__connection *connection)
{
    connection->phase = WEFT__PHASE_IDLE;
    close_by(connection,
             patience(connection->shard, connection->shard->server->options.idle_deadline));
}

void weft__connection_drain(weft__connection *connection)
{
    if (connection->phase == WEFT__PHASE_IDLE)
        close_by(connection, WEFT__DRAIN_GRACE);
}

void weft__connection_cut(weft__connection *connection)
{
    if (connection->phase == WEFT__PHASE_IDLE)
        weft__connection_close(connection);
}
