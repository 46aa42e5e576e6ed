/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * db/postgres/wait.c: who waits for an answer, and what happens when he does not want to wait any
 * longer: the statement is cancelled on the server.
 *
 * A cancellation strikes whatever the server runs on that connection when it arrives. So it is sent
 * only when the statement is the first that is not answered; from then on nothing new is sent until
 * the answer to everything is there and the sending of the cancellation is over (libpq returns when
 * the server has passed it on; what is sent later cannot be struck). A statement that was sent
 * before, and struck by mistake, has changed nothing, as each is a transaction of its own: it is
 * run anew. docs/internals/postgres.md has the argument in full.
 */
#include <poll.h>
#include <weft/log.h>
#include <weft/runtime.h>

#include "db/postgres/lane.h"
#include "db/postgres/pool.h"
#include "runtime/park.h"

/* Ends a hold. A connection that is shared may be gone afterwards. */
static void let_go(weft__pg_connection *connection)
{
    connection->holds--;
    if (connection->first == NULL && connection->lane != NULL)
        weft__pg_drained(connection);
}

/* ---- cancelling ------------------------------------------------------------------------------ */

typedef struct canceller {
    PGcancel *cancel;
    bool sent;
    char why[256];
} canceller;

static void send_cancel(void *arg)
{
    canceller *c = arg;
    c->sent = PQcancel(c->cancel, c->why, sizeof c->why);
}

void weft__pg_cancel(weft__pg_connection *connection)
{
    canceller c = {.cancel = PQgetCancel(connection->pg)};
    if (c.cancel == NULL)
        return;
    connection->blocked = connection->cancelled = true;
    connection->holds++;
    weft_error error = weft_blocking_run(send_cancel, &c);
    if (error || !c.sent)
        weft_log(WEFT_LOG_WARN, "db", "a statement could not be cancelled: %s",
                 error ? weft_error_text(error) : c.why);
    PQfreeCancel(c.cancel);
    connection->holds--;
}

static weft_db_result reason_of(weft_error error)
{
    return error == WEFT_CANCELLED ? WEFT_DB_CANCELLED : WEFT_DB_TIMED_OUT;
}

/* The waiter's result when its statement was cut short, or might have been. */
static void settle_stopped(weft__pg_job *job)
{
    weft__call *call = job->call;
    if (call->result == WEFT_DB_OK)
        return; /* it was faster */
    bool by_us = call->failure != NULL && strcmp(call->failure->sqlstate, WEFT__PG_CANCELLED) == 0;
    if (by_us)
        weft__call_fail(call, job->stop, 0, "%s", weft_db_result_text(job->stop));
    else if (call->result == WEFT_DB_AWAY)
        weft__pg_fail_unanswered(call, job->stop, job->commits,
                                 "the server did not answer in time, nor to the cancellation");
}

/* ---- fibers ---------------------------------------------------------------------------------- */

static weft_error park_for(weft__pg_job *job, int64_t until)
{
    weft__outside_begin();
    job->fiber = weft_fiber_current();
    weft_error error = weft__park(until);
    job->fiber = NULL;
    weft__outside_end();
    return error;
}

/* Until the answer is there; shielded. */
static void stop_in_fiber(weft__pg_connection *connection, weft__pg_job *job)
{
    int64_t end = weft_clock_now() + WEFT_POSTGRES_CANCEL_GRACE;
    weft_shield shield = weft_shield_begin();
    connection->holds++;
    while (!job->answered) {
        if (connection->first == job)
            weft__pg_cancel(connection);
        int64_t now = weft_clock_now(), again = now + WEFT_POSTGRES_CANCEL_AGAIN;
        if (job->answered || park_for(job, again < end ? again : end) == WEFT_OK)
            break;
        if (weft_clock_now() >= end)
            weft__pg_lose(connection, "a cancelled statement did not end");
    }
    let_go(connection);
    weft_shield_end(shield);
}

/* Whether what the socket did not take at once is sent, or somebody is at it. */
static bool is_flushed(weft__pg_connection *connection, int64_t until)
{
    while (!connection->lost) {
        int left = PQflush(connection->pg);
        if (left < 0)
            weft__pg_lose(connection, PQerrorMessage(connection->pg));
        if (left != 1)
            break;
        weft__source_blocked(&connection->source, WEFT__WRITABLE);
        weft_error error = weft__source_wait(&connection->source, WEFT__WRITABLE, until);
        if (error)
            return error == WEFT_BUSY;
    }
    return true;
}

/* Whoever is here first flushes for those behind him, and goes on for a while when he wants no more
 * himself: half a statement can be neither cancelled nor followed by another. A shared
 * connection may be gone afterwards when the job is answered. */
static void flush_in_fiber(weft__pg_connection *connection, int64_t until)
{
    connection->holds++;
    if (!is_flushed(connection, until)) {
        weft_shield shield = weft_shield_begin();
        if (!is_flushed(connection, weft_clock_now() + WEFT_POSTGRES_CANCEL_GRACE))
            weft__pg_lose(connection, "the server takes no more");
        weft_shield_end(shield);
    }
    let_go(connection);
}

static void wait_in_fiber(weft__pg_connection *connection, weft__pg_job *job, int64_t until)
{
    flush_in_fiber(connection, until);
    if (job->answered)
        return;
    weft_error error = park_for(job, until);
    if (WEFT_LIKELY(error == WEFT_OK))
        return;
    job->stop = reason_of(error);
    stop_in_fiber(connection, job);
    settle_stopped(job);
}

/* ---- plain threads --------------------------------------------------------------------------- */

/* Until something can be read, or written when that is needed; false: it is too late. */
static bool poll_once(weft__pg_connection *connection, int64_t until)
{
    int left = PQflush(connection->pg);
    int64_t wait = until == WEFT_NEVER ? INT_MAX
                                       : (until - weft_clock_now()) / WEFT_MILLISECOND + 1;
    if (left < 0)
        weft__pg_lose(connection, PQerrorMessage(connection->pg));
    if (left < 0 || wait <= 0)
        return left < 0;
    struct pollfd at = {.fd = PQsocket(connection->pg),
                        .events = (short)(POLLIN | (left == 1 ? POLLOUT : 0))};
    return poll(&at, 1, wait < INT_MAX ? (int)wait : INT_MAX) != 0;
}

static void wait_in_thread(weft__pg_connection *connection, weft__pg_job *job, int64_t until)
{
    while (!job->answered) {
        if (poll_once(connection, until)) {
            weft__pg_pump(connection);
            continue;
        }
        if (job->stop != WEFT_DB_OK) {
            weft__pg_lose(connection, "a cancelled statement did not end");
            continue;
        }
        job->stop = WEFT_DB_TIMED_OUT;
        weft__pg_cancel(connection);
        until = weft_clock_now() + WEFT_POSTGRES_CANCEL_GRACE;
    }
    if (job->stop != WEFT_DB_OK)
        settle_stopped(job);
}

/* ---- running --------------------------------------------------------------------------------- */

/* Nothing was sent. A connection that is shared may be gone afterwards. */
static void not_sent(weft__pg_connection *connection)
{
    connection->depth -= connection->mode == WEFT__PG_SHARED;
    if (connection->first == NULL && connection->lane != NULL)
        weft__pg_drained(connection);
}

static void run_until(weft__pg_connection *connection, weft__pg_job *job, int64_t until)
{
    if (connection->lost)
        weft__call_fail(job->call, WEFT_DB_AWAY, 0, "the connection was lost");
    if (connection->lost || !weft__pg_send(connection, job)) {
        not_sent(connection);
        return;
    }
    if (connection->lane != NULL)
        wait_in_fiber(connection, job, until);
    else
        wait_in_thread(connection, job, until);
}

void weft__pg_run(weft__pg_connection *connection, weft__pg_job *job)
{
    int64_t timeout = connection->pool->options.statement_timeout;
    int64_t until = job->patient ? WEFT_NEVER : weft_clock_now() + timeout;
    int64_t deadline = weft_deadline_current();
    run_until(connection, job, deadline < until ? deadline : until);
}

void weft__pg_run_text(weft__pg_connection *connection, weft__call *call, const char *text,
                       bool shielded)
{
    weft__pg_job job = {.call = call, .text = text};
    if (!shielded) {
        weft__pg_run(connection, &job);
        return;
    }
    weft_shield shield = weft_shield_begin();
    run_until(connection, &job, weft_clock_now() + WEFT_POSTGRES_CANCEL_GRACE);
    weft_shield_end(shield);
}

/* ---- moving ---------------------------------------------------------------------------------- */

static void move_first(void *arg)
{
    weft__pg_connection *connection = arg;
    if (connection->first != NULL)
        weft__pg_cancel(connection);
    let_go(connection);
}

void weft__pg_move_first(weft__pg_connection *connection)
{
    connection->holds++;
    if (weft__fiber_start("database cancel", move_first, connection) != WEFT_OK)
        connection->holds--;
    else
        atomic_fetch_add_explicit(&connection->pool->counters.moved, 1, memory_order_relaxed);
}
