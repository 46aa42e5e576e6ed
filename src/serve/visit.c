/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * serve/visit.c: a connection while a fiber serves it, at home or, when an idle worker has taken
 * the fiber, away. The protocol is in serve/server.h.
 */
#include "base/errno.h"
#include "runtime/park.h"
#include "serve/burst.h"
#include <poll.h>
#include <stdlib.h>
#include <sys/socket.h>

static bool at_home(const weft__visit *visit)
{
    return visit->shard == visit->connection->shard;
}

bool weft__visit_begin(weft__visit *visit, weft__connection *connection)
{
    weft__shard *shard = &connection->shard->server->shards[weft_worker_index()];
    *visit = (weft__visit){.connection = connection,
                           .shard = shard,
                           .fiber = weft_fiber_current(),
                           .source = &connection->source};
    if (at_home(visit)) {
        visit->source->ready |= connection->edges;
        connection->visit = visit;
    } else {
        visit->guest = (weft__source){.fd = connection->source.fd, .ready = connection->edges};
        visit->source = &visit->guest;
        atomic_store(&connection->visitor, shard->index + 1);
        if (atomic_load(&connection->hung_up))
            visit->guest.ready |= WEFT__READABLE | WEFT__HANGUP;
    }
    visit->next = shard->visits;
    visit->link = &shard->visits;
    if (visit->next != NULL)
        visit->next->link = &visit->next;
    shard->visits = visit;
    return !shard->cut_off;
}

weft_error weft__visit_wait(weft__visit *visit, uint8_t events, int64_t deadline)
{
    if (visit->source == &visit->guest && !visit->open) {
        WEFT_TRY(weft__source_open(&visit->guest));
        visit->open = true;
    }
    return weft__source_wait(visit->source, events, deadline);
}

bool weft__visit_is_silent(const weft__visit *visit)
{
    char byte;
    if (visit->source->ready & WEFT__READABLE)
        return false;
    return at_home(visit) || visit->open || recv(visit->guest.fd, &byte, 1, MSG_PEEK) <= 0;
}

void weft__visit_linger(weft__visit *visit)
{
    weft__shard *shard = visit->shard;
    weft__source *source = visit->source;
    int64_t deadline = weft_deadline_after(shard->server->options.linger_deadline);
    size_t left = shard->server->options.linger_limit;

    visit->answering = false;
    if (shutdown(source->fd, SHUT_WR) != 0)
        return;
    while (left > 0 && weft_clock_now() < deadline) {
        if (!(source->ready & WEFT__READABLE) &&
            weft__visit_wait(visit, WEFT__READABLE, deadline) != WEFT_OK)
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

static void go_on(weft__connection *connection, bool keep)
{
    if (!keep)
        weft__connection_close(connection);
    else if (connection->source.ready & WEFT__READABLE)
        weft__connection_serve(connection);
    else
        weft__connection_rest(connection);
}

static void come_home(weft__task *task)
{
    weft__connection *connection = WEFT__OWNER(task, weft__connection, home);
    atomic_store(&connection->visitor, 0);
    connection->arrived = connection->sent;
    if (!connection->sent)
        go_on(connection, connection->keep);
}

void weft__visit_end(weft__visit *visit, bool keep)
{
    weft__connection *connection = visit->connection;
    *visit->link = visit->next;
    if (visit->next != NULL)
        visit->next->link = visit->link;
    if (at_home(visit)) {
        connection->visit = NULL;
        go_on(connection, keep);
        return;
    }
    if (visit->open)
        weft__source_close(&visit->guest);
    connection->keep = keep;
    connection->home.fn = come_home;
    weft__worker_post(connection->shard->index, &connection->home);
}

/* ---- clients that hang up -------------------------------------------------------------------- */

typedef struct errand {
    weft__task task;
    weft__connection *connection;
} errand;

static void errand_back(weft__task *task)
{
    errand *self = WEFT__OWNER(task, errand, task);
    weft__connection *connection = self->connection;
    free(self);
    connection->sent = false;
    if (connection->arrived)
        go_on(connection, connection->keep);
}

/* On the visitor's worker. */
static void run_errand(weft__task *task)
{
    weft__connection *connection = WEFT__OWNER(task, errand, task)->connection;
    weft__server *server = connection->shard->server;
    weft__visit *visit = server->shards[weft_worker_index()].visits;
    while (visit != NULL && visit->connection != connection)
        visit = visit->next;
    if (visit != NULL) {
        visit->source->ready |= WEFT__READABLE | WEFT__HANGUP;
        weft__visit_hang_up(visit);
    }
    task->fn = errand_back;
    weft__worker_post(connection->shard->index, task);
}

void weft__connection_hang_up(weft__connection *connection)
{
    if (connection->visit != NULL) {
        weft__visit_hang_up(connection->visit);
        return;
    }
    atomic_store(&connection->hung_up, true);
    unsigned visitor = atomic_load(&connection->visitor);
    errand *news = visitor != 0 && !connection->sent ? malloc(sizeof *news) : NULL;
    if (news == NULL) /* no visitor; or no memory: then it is noticed when it is written to */
        return;
    *news = (errand){.task.fn = run_errand, .connection = connection};
    connection->sent = true;
    weft__worker_post(visitor - 1, &news->task);
}

/* A reset, or the end of what the client sends when all of it has been read: then it may still read
 * (shutdown(SHUT_WR)), but hardly any client does so, and none differs from one that is gone. */
static bool is_gone(const weft__visit *visit)
{
    struct pollfd state = {.fd = visit->source->fd, .events = POLLRDHUP};
    char byte;
    if (poll(&state, 1, 0) == 1 && (state.revents & (POLLHUP | POLLERR)))
        return true;
    return !visit->upgraded && weft__body_is_over(visit->burst) &&
           recv(state.fd, &byte, 1, MSG_PEEK) == 0;
}

/* The visit's own fiber, which ends after the visit. */
static void cancel(weft__visit *visit)
{
    WEFT_LENT(visit->fiber);
    weft_fiber_cancel(visit->fiber);
}

void weft__visit_hang_up(weft__visit *visit)
{
    weft__burst *burst = visit->burst;
    bool handling = burst != NULL && burst->context->request != NULL;
    if (!handling || burst->request.abandoned || visit->shard->server->options.finish_abandoned)
        return;
    bool gone = is_gone(visit);
    __atomic_store_n(&burst->request.abandoned, gone, __ATOMIC_RELAXED);
    if (gone)
        cancel(visit);
}

/* ---- stopping -------------------------------------------------------------------------------- */

bool weft__visit_wake(weft__visit *visit)
{
    weft_fiber *reader = visit->source->reader;
    visit->source->reader = NULL;
    if (reader != NULL)
        weft__unpark(reader);
    return reader != NULL;
}

void weft__visit_drain(weft__visit *visit)
{
    if (visit->endless)
        cancel(visit);
    if (visit->upgraded)
        weft__visit_wake(visit);
}

void weft__visit_cut(weft__visit *visit)
{
    if (visit->answering)
        atomic_fetch_add_explicit(&visit->shard->server->cut_off, 1, memory_order_relaxed);
    shutdown(visit->source->fd, SHUT_RDWR);
    cancel(visit);
}
