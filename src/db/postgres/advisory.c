/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * db/postgres/advisory.c: advisory locks of the session, each on a connection that is used for
 * nothing else meanwhile. The server forgets the lock when it forgets the connection.
 *
 * A session is what a pooler may not have: then the lock would stay with a connection of the
 * pooler's, which the next transaction of somebody else gets. So the statement locks only when the
 * process that runs it is the one that the connection was made to.
 *
 * A statement that waits has a snapshot, for which VACUUM and CREATE INDEX CONCURRENTLY wait in
 * turn; so a wait ends after SLICE and begins anew.
 *
 * A statement that fails may have locked all the same, when it is struck at its very end, and no
 * rollback takes that back; so after each failure everything is unlocked.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <weft/runtime.h>

#include "db/postgres/stream.h"
#include "db/stream.h"

#define SLICE (1 * WEFT_SECOND)

enum { TEXT_SIZE = 256 };

typedef struct pg_advisory {
    weft_advisory base;
    weft__pg_connection *connection;
} pg_advisory;

/* What the server answers: NULL is UNKNOWN. */
typedef enum answer { UNKNOWN, YES, NO } answer;

/* Runs a text whose last column is a boolean. */
static answer ask(weft__pg_connection *connection, const char *text, weft__call *call)
{
    weft__pg_job job = {.call = call, .text = text, .keep = true, .patient = true};
    weft__pg_run(connection, &job);
    int column = job.result ? PQnfields(job.result) - 1 : 0;
    answer found = UNKNOWN;
    if (job.result != NULL && PQgetlength(job.result, 0, column) == 1)
        found = *PQgetvalue(job.result, 0, column) != 0 ? YES : NO;
    PQclear(job.result);
    return found;
}

/* ---- locking --------------------------------------------------------------------------------- */

/* Whether the session is the program's own, as a condition in SQL. */
static void write_condition(const weft__pg_connection *connection, char *to, size_t size)
{
    switch (connection->pool->options.pgbouncer) {
    case WEFT_DB_ON: snprintf(to, size, "false"); break;
    case WEFT_DB_OFF: snprintf(to, size, "true"); break;
    case WEFT_DB_DETECT:
        snprintf(to, size, "pg_backend_pid() = %d", PQbackendPID(connection->pg));
        break;
    }
}

bool weft__pg_has_session(weft__pg_connection *connection, weft__call *call)
{
    char condition[64], text[TEXT_SIZE];
    if (connection->pool->options.pgbouncer == WEFT_DB_OFF)
        return true;
    write_condition(connection, condition, sizeof condition);
    snprintf(text, sizeof text, "SELECT %s", condition);
    return ask(connection, text, call) == YES;
}

static void write_lock(const weft__pg_connection *connection, int64_t key, bool wait, char *to)
{
    char condition[64];
    write_condition(connection, condition, sizeof condition);
    if (wait)
        snprintf(to, TEXT_SIZE,
                 "SELECT set_config('lock_timeout', '%d', true), CASE WHEN %s THEN "
                 "pg_advisory_lock(%" PRId64 ")::text IS NOT NULL END",
                 (int)(SLICE / WEFT_MILLISECOND), condition, key);
    else
        snprintf(to, TEXT_SIZE, "SELECT CASE WHEN %s THEN pg_try_advisory_lock(%" PRId64 ") END",
                 condition, key);
}

/* Afterwards the session has no lock, or no future. */
static void unlock_all(weft__pg_connection *connection, weft__call *call)
{
    weft__pg_run_text(connection, call, "SELECT pg_advisory_unlock_all()", true);
    if (call->result != WEFT_DB_OK)
        connection->spent = true;
}

static bool slice_is_over(const weft__call *call)
{
    return call->result == WEFT_DB_BUSY && call->failure != NULL &&
           strcmp(call->failure->sqlstate, "55P03") == 0;
}

static void lock_on(weft__pg_connection *connection, int64_t key, bool wait, weft__call *call)
{
    char text[TEXT_SIZE];
    write_lock(connection, key, wait, text);
    answer found = ask(connection, text, call);
    while (call->result != WEFT_DB_OK) {
        weft__call clean = weft__stream_call(call->statement);
        unlock_all(connection, &clean);
        if (!wait || !slice_is_over(call) || clean.result != WEFT_DB_OK)
            return;
        weft__call_restart(call);
        found = ask(connection, text, call);
    }
    if (found == YES)
        return;
    if (found == NO)
        weft__call_fail(call, WEFT_DB_BUSY, 0, "somebody else has the lock %" PRId64, key);
    else
        weft__call_fail(call, WEFT_DB_FAILED, 0,
                        "a pooler before the server gives each transaction another session, and "
                        "the lock with it: lock within a transaction (weft_transaction_lock), or "
                        "say pgbouncer=off in the URL when it pools sessions");
}

weft_advisory *weft__pg_advisory_lock(weft_database *database, int64_t key, bool wait,
                                      weft__call *call)
{
    pg_advisory *lock = calloc(1, sizeof(*lock));
    if (lock == NULL) {
        weft__call_fail(call, WEFT_DB_NO_MEMORY, 0, "no memory for a lock");
        return NULL;
    }
    lock->base.key = key;
    lock->connection = weft__pg_acquire((weft__pg *)database, WEFT__PG_OWN, call);
    if (lock->connection == NULL) {
        free(lock);
        return NULL;
    }
    lock_on(lock->connection, key, wait, call);
    if (call->result == WEFT_DB_OK)
        return &lock->base;
    weft__pg_release(lock->connection);
    free(lock);
    return NULL;
}

/* ---- holding --------------------------------------------------------------------------------- */

static void say_lost(weft__call *call)
{
    if (call->result == WEFT_DB_AWAY)
        weft__call_fail(call, WEFT_DB_AWAY, 0,
                        "the connection was lost, and the lock with it: somebody else may have it");
}

void weft__pg_advisory_check(weft_advisory *base, weft__call *call)
{
    weft__pg_job job = {.call = call, .text = "SELECT"};
    weft__pg_run(((pg_advisory *)base)->connection, &job);
    say_lost(call);
}

void weft__pg_advisory_unlock(weft_advisory *base, weft__call *call)
{
    pg_advisory *lock = (pg_advisory *)base;
    unlock_all(lock->connection, call);
    say_lost(call);
    weft__pg_release(lock->connection);
    free(lock);
}
