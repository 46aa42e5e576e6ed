/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * db/postgres/engine.c: the PostgreSQL engine: opening, closing, numbers. Opening only reads the
 * URL: a server that is away at the start is like one that goes away later.
 */
#include <stdio.h>
#include <stdlib.h>
#include <weft/runtime.h>

#include "db/postgres/execute.h"
#include "db/postgres/lane.h"
#include "db/postgres/migrations.h"
#include "db/postgres/stream.h"

/* ---- opening --------------------------------------------------------------------------------- */

static bool init_lock(weft__pg *pool)
{
    pthread_condattr_t monotonic;
    if (pthread_condattr_init(&monotonic) != 0)
        return false;
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    bool good = pthread_mutex_init(&pool->lock, NULL) == 0 &&
                pthread_cond_init(&pool->freed, &monotonic) == 0;
    pthread_condattr_destroy(&monotonic);
    return good;
}

static void free_pool(weft__pg *pool)
{
    free(pool->url);
    free(pool);
}

static weft__pg *make_pool(const char *url, const weft_database_options *options, char *why,
                           size_t why_size)
{
    if (!weft__libpq_load(why, why_size))
        return NULL;
    weft__pg *pool = calloc(1, sizeof(*pool));
    if (pool == NULL) {
        snprintf(why, why_size, "out of memory");
        return NULL;
    }
    pool->base.engine = &weft__postgres_engine;
    if (!weft__pg_options(url, options, &pool->options, &pool->url, why, why_size)) {
        free(pool);
        return NULL;
    }
    if (!init_lock(pool)) {
        snprintf(why, why_size, "out of memory");
        free_pool(pool);
        return NULL;
    }
    pool->base.slow = pool->options.slow_statement;
    atomic_store(&pool->unnamed, pool->options.pgbouncer == WEFT_DB_ON);
    return pool;
}

static weft_database *open_postgres(const char *url, const weft_database_options *options,
                                    char *why, size_t why_size)
{
    weft__pg *pool = make_pool(url, options, why, why_size);
    if (pool == NULL || options->replica == NULL)
        return pool ? &pool->base : NULL;
    pool->replica = make_pool(options->replica, options, why, why_size);
    if (pool->replica != NULL)
        return &pool->base;
    free_pool(pool);
    return NULL;
}

/* ---- closing --------------------------------------------------------------------------------- */

static bool has_lanes(const weft__pg *pool)
{
    for (unsigned i = 0; i < WEFT_WORKERS_MAX; i++)
        if (pool->lanes[i] != NULL)
            return true;
    return false;
}

/* Each lane closes itself, on its worker. */
static void close_lanes(weft__pg *pool)
{
    atomic_store(&pool->closing, true);
    pthread_mutex_lock(&pool->lock);
    for (unsigned i = 0; i < WEFT_WORKERS_MAX; i++)
        if (pool->lanes[i] != NULL)
            weft__pg_lane_wake(pool->lanes[i]);
    while (has_lanes(pool)) {
        if (weft_fiber_current() == NULL) {
            pthread_cond_wait(&pool->freed, &pool->lock);
            continue;
        }
        pthread_mutex_unlock(&pool->lock);
        weft_shield shield = weft_shield_begin();
        (void)weft_sleep(WEFT_MILLISECOND);
        weft_shield_end(shield);
        pthread_mutex_lock(&pool->lock);
    }
    pthread_mutex_unlock(&pool->lock);
}

static void close_pool(weft__pg *pool)
{
    close_lanes(pool);
    for (weft__pg_connection *at = pool->spare, *next; at != NULL; at = next) {
        next = at->next;
        weft__pg_connection_destroy(at);
    }
    pthread_mutex_destroy(&pool->lock);
    pthread_cond_destroy(&pool->freed);
    free_pool(pool);
}

static void close_postgres(weft_database *base)
{
    weft__pg *pool = (weft__pg *)base;
    if (pool->replica != NULL)
        close_pool(pool->replica);
    close_pool(pool);
}

/* ---- numbers --------------------------------------------------------------------------------- */

static uint64_t read_counter(_Atomic uint64_t *counter)
{
    return atomic_load_explicit(counter, memory_order_relaxed);
}

static void add_pool(weft__pg *pool, weft_database_metrics *metrics)
{
    weft__pg_counters *c = &pool->counters;
    metrics->waiting += atomic_load_explicit(&pool->waiting, memory_order_relaxed);
    metrics->statements += read_counter(&c->statements);
    metrics->moved += read_counter(&c->moved);
    metrics->connects += read_counter(&c->connects);
    metrics->connect_failures += read_counter(&c->connect_failures);
    metrics->disconnects += read_counter(&c->disconnects);
    metrics->acquired += read_counter(&c->acquired);
    metrics->acquire_time += read_counter(&c->acquire_time);
    pthread_mutex_lock(&pool->lock);
    metrics->connections += pool->open;
    for (weft__pg_connection *at = pool->spare; at != NULL; at = at->next)
        metrics->idle++;
    for (unsigned i = 0; i < WEFT_WORKERS_MAX; i++) {
        weft__pg_lane *lane = pool->lanes[i];
        if (lane == NULL)
            continue;
        metrics->idle += atomic_load_explicit(&lane->idle, memory_order_relaxed);
        metrics->statements += read_counter(&lane->statements);
    }
    pthread_mutex_unlock(&pool->lock);
}

static void measure(weft_database *base, weft_database_metrics *metrics)
{
    weft__pg *pool = (weft__pg *)base;
    add_pool(pool, metrics);
    if (pool->replica != NULL)
        add_pool(pool->replica, metrics);
}

/* ---- migrations ------------------------------------------------------------------------------ */

typedef struct migration_job {
    const char *url;
    weft__migrations *migrations;
    weft__migrate_task task;
    weft_arena *arena;
    weft_str *why;
    weft_db_result result;
} migration_job;

static void migrate_blocking(void *arg)
{
    migration_job *job = arg;
    job->result = weft__pg_migrate(job->url, job->migrations, job->task, job->arena, job->why);
}

static weft_db_result migrate(weft_database *base, weft__migrations *migrations,
                              weft__migrate_task task, weft_arena *arena, weft_str *why)
{
    migration_job job = {.url = ((weft__pg *)base)->url,
                         .migrations = migrations,
                         .task = task,
                         .arena = arena,
                         .why = why};
    weft_error error = weft_blocking_run(migrate_blocking, &job);
    if (!error)
        return job.result;
    *why = weft_str_from(weft_error_text(error));
    return WEFT_DB_FAILED;
}

static const weft__streams streams = {
    .copy_begin = weft__pg_copy_begin,
    .copy_write = weft__pg_copy_write,
    .copy_read = weft__pg_copy_read,
    .copy_end = weft__pg_copy_end,
    .subscribe = weft__pg_subscribe,
    .next_notice = weft__pg_next_notice,
    .unsubscribe = weft__pg_unsubscribe,
    .lock = weft__pg_advisory_lock,
    .check = weft__pg_advisory_check,
    .unlock = weft__pg_advisory_unlock,
};

#define WHATEVER_THE_CONNECTION                                                                  \
    .schemes = {"postgres", "postgresql"}, .open = open_postgres, .close = close_postgres,       \
    .ready = weft__pg_ready, .measure = measure, .execute_within = weft__pg_execute_within,      \
    .savepoint = weft__pg_savepoint, .commit = weft__pg_commit, .rollback = weft__pg_rollback,   \
    .rows_next = weft__pg_rows_next, .rows_close = weft__pg_rows_close, .value = weft__pg_value, \
    .items = weft__pg_items, .column_name = weft__pg_column_name, .migrate = migrate

const weft__engine weft__postgres_engine = {
    WHATEVER_THE_CONNECTION,         .streams = &streams,
    .execute = weft__pg_execute,     .begin = weft__pg_begin,
    .rows_open = weft__pg_rows_open,
};

/* ---- the hook for new connections ------------------------------------------------------------ */

static weft__session *session_of(weft_database *base)
{
    return (weft__session *)((weft__pg_hook *)base)->connection;
}

static void hook_execute(weft_database *base, weft__call *call)
{
    weft__pg_execute_within(session_of(base), call);
}

static weft__session *hook_begin(weft_database *base, const weft_transaction_options *options,
                                 weft__call *call)
{
    weft__pg_begin_on((weft__pg_connection *)session_of(base), options, call);
    return call->result == WEFT_DB_OK ? session_of(base) : NULL;
}

static weft__rows *hook_rows_open(weft_database *base, weft__session *session, weft__call *call)
{
    (void)base;
    if (session != NULL)
        return weft__pg_rows_open(base, session, call);
    weft__call_fail(call, WEFT_DB_FAILED, 0, "after_connect opens cursors in a transaction only");
    return NULL;
}

const weft__engine weft__pg_hook_engine = {
    WHATEVER_THE_CONNECTION,
    .execute = hook_execute,
    .begin = hook_begin,
    .rows_open = hook_rows_open,
};
