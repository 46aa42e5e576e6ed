/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * db/postgres/execute.c: a statement by itself: where it runs, and whether it runs again.
 */
#include <weft/runtime.h>

#include "db/postgres/execute.h"
#include "db/postgres/lane.h"
#include "db/postgres/word.h"

enum { LARGE = 64 << 10 }; /* bytes of parameters that others should not have to wait for */

/* ---- where ----------------------------------------------------------------------------------- */

static bool is_large(const weft__call *call)
{
    size_t bytes = 0;
    for (unsigned i = 0; i < call->statement->parameters; i++) {
        const weft_db_value *value = &call->parameters[i];
        if (value->type == WEFT_DB_ARRAY)
            bytes += value->items.len * sizeof *value;
        else if (value->type == WEFT_DB_TEXT || value->type == WEFT_DB_BLOB ||
                 value->type == WEFT_DB_JSON)
            bytes += value->text.len;
    }
    return bytes > LARGE;
}

static weft__pg_use use_of(weft__pg_lane *lane, const weft__call *call)
{
    weft__pg_use use = weft__pg_use_of(lane, call->statement);
    return use == WEFT__PG_SHARE && is_large(call) ? WEFT__PG_OWN : use;
}

bool weft__pg_is_allowed(weft__pg_lane *lane, weft__call *call)
{
    const char *sql = weft__pg_sql(call->statement);
    if (lane != NULL ? !weft__pg_speed_of(lane, call->statement)->control
                     : sql == NULL || !weft__pg_is_control(sql))
        return true;
    weft__call_fail(call, WEFT_DB_FAILED, 0,
                    "a statement by itself cannot control a transaction or copy; use "
                    "weft/transaction.h and weft/copy.h");
    return false;
}

/* ---- running --------------------------------------------------------------------------------- */

void weft__pg_expect_pooler(weft__pg *pool, const weft__call *call, unsigned tries)
{
    if (pool->options.pgbouncer != WEFT_DB_DETECT || call->failure == NULL)
        return;
    const char *sqlstate = call->failure->sqlstate;
    if (strcmp(sqlstate, WEFT__PG_PREPARED_ALREADY) == 0 ||
        (strcmp(sqlstate, WEFT__PG_NOT_PREPARED) == 0 && tries != 1))
        atomic_store(&pool->unnamed, true);
}

static bool is_setting(weft__pg_lane *lane, const weft_statement *statement)
{
    const char *sql = weft__pg_sql(statement);
    return lane ? weft__pg_speed_of(lane, statement)->setting
                : sql != NULL && weft__pg_is_setting(sql);
}

/* Once; whether to do it again. */
static bool run_once(weft__pg *pool, weft__pg_lane *lane, weft__call *call, bool own)
{
    weft__pg_use use = own || lane == NULL ? WEFT__PG_OWN : use_of(lane, call);
    weft__pg_connection *connection = weft__pg_acquire(pool, use, call);
    weft__pg_job job = {.call = call, .commits = !call->statement->read_only};
    if (connection != NULL)
        weft__pg_run(connection, &job);
    if (connection != NULL && use == WEFT__PG_OWN) {
        if (is_setting(lane, call->statement))
            connection->spent = true;
        weft__pg_release(connection);
    }
    if (lane != NULL)
        weft__pg_learn(lane, call->statement, job.answered ? job.took : -1);
    return job.again;
}

static void run(weft__pg *pool, weft__pg_lane *lane, weft__call *call)
{
    bool own = false;
    for (unsigned tries = 1; run_once(pool, lane, call, own); tries++) {
        if (tries == WEFT_POSTGRES_TRIES)
            return;
        weft__pg_expect_pooler(pool, call, tries);
        own = call->failure && strcmp(call->failure->sqlstate, WEFT__PG_CANCELLED) == 0;
        weft__call_restart(call);
    }
}

void weft__pg_count(weft__pg *pool, weft__pg_lane *lane)
{
    if (lane == NULL) {
        atomic_fetch_add_explicit(&pool->counters.statements, 1, memory_order_relaxed);
        return;
    }
    uint64_t so_far = atomic_load_explicit(&lane->statements, memory_order_relaxed);
    atomic_store_explicit(&lane->statements, so_far + 1, memory_order_relaxed);
}

bool weft__pg_is_left_to_primary(const weft__call *call)
{
    return call->result == WEFT_DB_AWAY || call->result == WEFT_DB_CONFLICT;
}

static void run_reading(weft__pg *pool, weft__call *call)
{
    run(pool->replica, weft__pg_lane_or_null(pool->replica), call);
    if (!weft__pg_is_left_to_primary(call))
        return;
    weft__call_restart(call);
    run(pool, weft__pg_lane_or_null(pool), call);
}

/* Not of the replica, with which alone little would be answered. */
void weft__pg_ready(weft_database *base, weft__call *call)
{
    static const weft_statement one = {
        .name = "weft_database_ready", .sql = "SELECT 1", .columns = 1, .read_only = true};
    weft__pg *pool = (weft__pg *)base;
    weft__pg_lane *lane = weft__pg_lane_or_null(pool);
    call->statement = &one;
    run(pool, lane, call);
    weft__pg_count(pool, lane);
}

void weft__pg_execute(weft_database *base, weft__call *call)
{
    weft__pg *pool = (weft__pg *)base;
    weft__pg_lane *lane = weft__pg_lane_or_null(pool);
    if (WEFT_UNLIKELY(!weft__pg_is_allowed(lane, call)))
        return;
    if (pool->replica != NULL && call->statement->read_only)
        run_reading(pool, call);
    else
        run(pool, lane, call);
    weft__pg_count(pool, lane);
}
