/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * db/postgres/session.c: transactions. A session is a connection that its transaction has for
 * itself. It goes back clean, as the server's own status says, or is closed.
 */
#include <stdio.h>
#include <weft/runtime.h>

#include "db/postgres/execute.h"
#include "db/postgres/word.h"

enum { TRIES = 3 };

static weft__pg_connection *connection_of(weft__session *session)
{
    return (weft__pg_connection *)session;
}

/* ---- beginning ------------------------------------------------------------------------------- */

static void write_begin(const weft_transaction_options *options, char *to, size_t size)
{
    static const char *const levels[] = {
        [WEFT_ISOLATION_DEFAULT] = "",
        [WEFT_READ_COMMITTED] = " ISOLATION LEVEL READ COMMITTED",
        [WEFT_REPEATABLE_READ] = " ISOLATION LEVEL REPEATABLE READ",
        [WEFT_SERIALIZABLE] = " ISOLATION LEVEL SERIALIZABLE",
    };
    snprintf(to, size, "BEGIN%s%s%s", levels[options->isolation],
             options->read_only ? " READ ONLY" : "", options->deferrable ? " DEFERRABLE" : "");
}

/* Ends whatever is open, and lets go of the connection. */
static void leave(weft__pg_connection *connection)
{
    static const weft_statement rollback = {.name = "rollback"};
    weft__call call = {.statement = &rollback, .failure_arena = weft_arena_current()};
    if (!connection->lost && PQtransactionStatus(connection->pg) != PQTRANS_IDLE)
        weft__pg_run_text(connection, &call, "ROLLBACK", true);
    weft__pg_release(connection);
}

void weft__pg_begin_on(weft__pg_connection *connection, const weft_transaction_options *options,
                       weft__call *call)
{
    char text[128];
    write_begin(options, text, sizeof text);
    weft__pg_run_text(connection, call, text, false);
}

weft__session *weft__pg_begin(weft_database *base, const weft_transaction_options *options,
                              weft__call *call)
{
    weft__pg *pool = (weft__pg *)base;
    for (unsigned tries = 1;; tries++) {
        weft__pg_connection *connection = weft__pg_acquire(pool, WEFT__PG_OWN, call);
        if (connection == NULL)
            return NULL;
        weft__pg_begin_on(connection, options, call);
        if (call->result == WEFT_DB_OK)
            return (weft__session *)connection;
        bool stale = call->result == WEFT_DB_AWAY && connection->lost;
        leave(connection);
        if (!stale || tries == TRIES)
            return NULL;
        weft__call_restart(call); /* the server was restarted behind the connection's back */
    }
}

/* ---- within ---------------------------------------------------------------------------------- */

void weft__pg_execute_within(weft__session *session, weft__call *call)
{
    if (!weft__pg_is_allowed(NULL, call))
        return;
    weft__pg_connection *connection = connection_of(session);
    const char *sql = weft__pg_sql(call->statement);
    weft__pg_job job = {.call = call};
    weft__pg_run(connection, &job);
    weft__pg_count(connection->pool, connection->lane);
    if (!connection->hooked && sql != NULL && weft__pg_is_setting(sql))
        connection->spent = true; /* after the transaction */
    /* The whole transaction may be run anew, but not this statement by itself. */
    if (job.again && call->result != WEFT_DB_AWAY) {
        call->result = WEFT_DB_CONFLICT;
        if (call->failure != NULL)
            call->failure->result = WEFT_DB_CONFLICT;
    }
}

void weft__pg_savepoint(weft__session *session, weft__savepoint what, unsigned depth,
                        weft__call *call)
{
    static const char *const verbs[] = {
        [WEFT__SAVE] = "SAVEPOINT",
        [WEFT__RELEASE] = "RELEASE SAVEPOINT",
        [WEFT__UNDO] = "ROLLBACK TO SAVEPOINT",
    };
    char text[64];
    snprintf(text, sizeof text, "%s weft_%u", verbs[what], depth);
    weft__pg_run_text(connection_of(session), call, text, what == WEFT__UNDO);
}

/* ---- ending ---------------------------------------------------------------------------------- */

void weft__pg_commit(weft__session *session, weft__call *call)
{
    weft__pg_connection *connection = connection_of(session);
    weft__pg_job job = {.call = call, .text = "COMMIT", .commits = true};
    if (!connection->lost && PQtransactionStatus(connection->pg) == PQTRANS_INERROR)
        weft__call_fail(call, WEFT_DB_FAILED, 0,
                        "a statement failed in the transaction before; it is rolled back");
    else
        weft__pg_run(connection, &job);
    leave(connection);
}

void weft__pg_rollback(weft__session *session)
{
    leave(connection_of(session));
}
