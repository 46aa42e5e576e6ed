/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * db/postgres/pool.c: how many connections there are, and the line of those who want one; plain
 * threads. The protocol is in pool.h.
 */
#include "db/postgres/pool.h"

#include <weft/log.h>
#include <weft/runtime.h>

#include <stdio.h>
#include <time.h>

unsigned weft__pg_shared_max(const weft__pg *pool)
{
    unsigned workers = weft_worker_count();
    unsigned share = pool->options.shared / (workers ? workers : 1);
    return share ? share : 1;
}

/* ---- the line, under the lock ---------------------------------------------------------------- */

static void append(weft__pg *pool, weft__pg_wanter *wanter)
{
    wanter->next = NULL;
    wanter->listed = true;
    *(pool->first ? &pool->last->next : &pool->first) = wanter;
    pool->last = wanter;
    atomic_fetch_add(&pool->wanting, 1);
}

static void take_out(weft__pg *pool, weft__pg_wanter *wanter)
{
    weft__pg_wanter *before = NULL;
    for (weft__pg_wanter *at = pool->first; at != wanter; at = at->next)
        before = at;
    *(before ? &before->next : &pool->first) = wanter->next;
    if (pool->last == wanter)
        pool->last = before;
    wanter->listed = false;
    atomic_fetch_sub(&pool->wanting, 1);
}

/* Lets the first in the line know, which is no longer in it; NULL: there is nobody. */
static void call_first(weft__pg *pool, weft__pg_connection *given)
{
    weft__pg_wanter *wanter = pool->first;
    take_out(pool, wanter);
    if (given != NULL) {
        given->next = wanter->given;
        wanter->given = given;
    }
    if (wanter->lane != NULL)
        weft__pg_lane_wake(wanter->lane);
    else
        pthread_cond_broadcast(&pool->freed);
}

static void push_spare(weft__pg *pool, weft__pg_connection *connection)
{
    connection->next = pool->spare;
    pool->spare = connection;
}

static weft__pg_connection *pop_spare(weft__pg *pool)
{
    weft__pg_connection *connection = pool->spare;
    if (connection != NULL)
        pool->spare = connection->next;
    return connection;
}

static weft__pg_permit ask(weft__pg *pool, weft__pg_connection **spare)
{
    *spare = pop_spare(pool);
    if (*spare != NULL)
        return WEFT__PG_TAKE;
    if (pool->open >= pool->options.max_connections || weft_clock_now() < pool->retry_at)
        return WEFT__PG_FULL;
    pool->open++;
    return WEFT__PG_MAY_OPEN;
}

/* ---- for lanes ------------------------------------------------------------------------------- */

weft__pg_permit weft__pg_ask(weft__pg *pool, weft__pg_connection **spare)
{
    pthread_mutex_lock(&pool->lock);
    weft__pg_permit permit = ask(pool, spare);
    pthread_mutex_unlock(&pool->lock);
    return permit;
}

void weft__pg_want(weft__pg *pool, weft__pg_wanter *wanter)
{
    pthread_mutex_lock(&pool->lock);
    if (!wanter->listed) {
        append(pool, wanter);
        for (unsigned i = 0; i < WEFT_WORKERS_MAX; i++)
            if (pool->lanes[i] != NULL && pool->lanes[i] != wanter->lane)
                weft__pg_lane_wake(pool->lanes[i]);
    }
    pthread_mutex_unlock(&pool->lock);
}

void weft__pg_unwant(weft__pg *pool, weft__pg_wanter *wanter)
{
    pthread_mutex_lock(&pool->lock);
    if (wanter->listed)
        take_out(pool, wanter);
    pthread_mutex_unlock(&pool->lock);
}

void weft__pg_give(weft__pg *pool, weft__pg_connection *connection)
{
    pthread_mutex_lock(&pool->lock);
    if (pool->first != NULL)
        call_first(pool, connection);
    else
        push_spare(pool, connection);
    pthread_mutex_unlock(&pool->lock);
}

void weft__pg_closed(weft__pg *pool)
{
    pthread_mutex_lock(&pool->lock);
    pool->open--;
    if (pool->first != NULL)
        call_first(pool, NULL);
    pthread_cond_broadcast(&pool->freed);
    pthread_mutex_unlock(&pool->lock);
}

void weft__pg_connected(weft__pg *pool)
{
    atomic_fetch_add_explicit(&pool->counters.connects, 1, memory_order_relaxed);
    pthread_mutex_lock(&pool->lock);
    bool was_away = pool->backoff != 0;
    pool->retry_at = pool->backoff = 0;
    pthread_mutex_unlock(&pool->lock);
    if (was_away)
        weft_log(WEFT_LOG_INFO, "db", "the database can be reached again");
}

void weft__pg_not_connected(weft__pg *pool, const char *why)
{
    atomic_fetch_add_explicit(&pool->counters.connect_failures, 1, memory_order_relaxed);
    pthread_mutex_lock(&pool->lock);
    bool news = pool->backoff == 0;
    pool->backoff = news ? WEFT_POSTGRES_BACKOFF : 2 * pool->backoff;
    if (pool->backoff > WEFT_POSTGRES_BACKOFF_MAX)
        pool->backoff = WEFT_POSTGRES_BACKOFF_MAX;
    pool->retry_at = weft_clock_now() + pool->backoff;
    if (why != pool->cause)
        snprintf(pool->cause, sizeof pool->cause, "%s", why);
    pthread_mutex_unlock(&pool->lock);
    weft__pg_closed(pool);
    if (news)
        weft_log(WEFT_LOG_WARN, "db", "the database cannot be reached: %s", why);
}

/* ---- failures -------------------------------------------------------------------------------- */

void weft__pg_fail_away(weft__pg *pool, weft__call *call)
{
    char cause[WEFT__WHY_SIZE];
    pthread_mutex_lock(&pool->lock);
    memcpy(cause, pool->cause, sizeof cause);
    pthread_mutex_unlock(&pool->lock);
    weft__call_fail(call, WEFT_DB_AWAY, 0, "no connection: %s", cause);
}

void weft__pg_fail_waiting(weft__pg *pool, weft__call *call, weft_db_result result, int64_t waited)
{
    pthread_mutex_lock(&pool->lock);
    unsigned open = pool->open, max = pool->options.max_connections;
    bool away = pool->backoff != 0;
    pthread_mutex_unlock(&pool->lock);
    unsigned alone = atomic_load(&pool->alone);
    if (away && open == 0) {
        weft__pg_fail_away(pool, call);
        return;
    }
    weft__call_fail(call, result, 0,
                    "waited %lld ms for a connection: %u of max_connections=%u are open, %u used "
                    "by transactions, cursors and slow statements",
                    (long long)(waited / WEFT_MILLISECOND), open, max, alone);
    if (call->failure != NULL)
        call->failure->pool_full = open >= max || alone >= weft__pg_alone_max(pool);
}

/* ---- plain threads --------------------------------------------------------------------------- */

/* Waits for something to be freed; false: it is too late. Under the lock. */
static bool wait_freed(weft__pg *pool, int64_t until)
{
    const struct timespec at = {.tv_sec = until / WEFT_SECOND, .tv_nsec = until % WEFT_SECOND};
    return pthread_cond_timedwait(&pool->freed, &pool->lock, &at) == 0;
}

/* Whether there is no use in waiting: the server is away, and nobody has a connection. */
static bool is_hopeless(const weft__pg *pool)
{
    return pool->open == 0 && weft_clock_now() < pool->retry_at;
}

/* Under the lock; NULL: to be opened, when *may_open, or not to be had. */
static weft__pg_connection *wait_in_line(weft__pg *pool, int64_t until, bool *may_open)
{
    weft__pg_wanter wanter = {0};
    weft__pg_connection *connection = NULL;
    bool in_time = true;
    for (;;) {
        if (wanter.given != NULL)
            return wanter.given;
        if (!wanter.listed) {
            weft__pg_permit permit = ask(pool, &connection);
            *may_open = permit == WEFT__PG_MAY_OPEN;
            if (permit != WEFT__PG_FULL || !in_time || is_hopeless(pool))
                return connection;
            append(pool, &wanter);
            for (unsigned i = 0; i < WEFT_WORKERS_MAX; i++)
                if (pool->lanes[i] != NULL)
                    weft__pg_lane_wake(pool->lanes[i]);
        }
        atomic_fetch_add_explicit(&pool->waiting, 1, memory_order_relaxed);
        in_time = wait_freed(pool, until);
        atomic_fetch_sub_explicit(&pool->waiting, 1, memory_order_relaxed);
        if (!in_time && wanter.given == NULL && wanter.listed)
            take_out(pool, &wanter);
    }
}

weft__pg_connection *weft__pg_thread_acquire(weft__pg *pool, weft__call *call)
{
    int64_t began = weft_clock_now(), until = began + pool->options.acquire_timeout;
    int64_t deadline = weft_deadline_current();
    bool may_open;
    pthread_mutex_lock(&pool->lock);
    weft__pg_connection *connection = wait_in_line(pool, deadline < until ? deadline : until,
                                                   &may_open);
    pthread_mutex_unlock(&pool->lock);

    char why[WEFT__WHY_SIZE];
    if (connection == NULL && may_open) {
        connection = weft__pg_connect(pool, why, sizeof why);
        if (connection != NULL)
            weft__pg_connected(pool);
        else
            weft__pg_not_connected(pool, why);
    }
    if (connection == NULL && may_open)
        weft__pg_fail_away(pool, call);
    else if (connection == NULL)
        weft__pg_fail_waiting(pool, call, WEFT_DB_BUSY, weft_clock_now() - began);
    if (connection != NULL)
        connection->mode = WEFT__PG_ALONE;
    weft__pg_acquired(pool, connection != NULL, weft_clock_now() - began);
    return connection;
}

void weft__pg_acquired(weft__pg *pool, bool granted, int64_t waited)
{
    atomic_fetch_add_explicit(&pool->counters.acquired, granted, memory_order_relaxed);
    atomic_fetch_add_explicit(&pool->counters.acquire_time, (uint64_t)waited, memory_order_relaxed);
}

void weft__pg_thread_release(weft__pg_connection *connection)
{
    weft__pg *pool = connection->pool;
    connection->mode = WEFT__PG_IDLE;
    connection->cancelled = connection->blocked = false;
    connection->idle_since = weft_clock_now();
    if (weft__pg_is_clean(connection) && connection->idle_since < connection->expires) {
        weft__pg_give(pool, connection);
        return;
    }
    weft__pg_connection_destroy(connection);
    atomic_fetch_add_explicit(&pool->counters.disconnects, 1, memory_order_relaxed);
    weft__pg_closed(pool);
}
