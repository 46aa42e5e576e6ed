/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * db/postgres/copy.c: COPY. libpq does it outside of its pipeline only, so the connection leaves
 * that for as long. What does not end in order ends with the connection.
 */
#include <stdlib.h>
#include <weft/runtime.h>

#include "db/postgres/execute.h"
#include "db/postgres/stream.h"
#include "db/postgres/word.h"
#include "db/stream.h"

enum { UNSENT_MAX = 256 << 10 }; /* bytes that libpq holds before a writer has to wait */

typedef struct pg_copy {
    weft_copy base;
    weft__pg_connection *connection;
    bool own;      /* a connection of its own, else its transaction's */
    bool out;      /* TO STDOUT */
    bool finished; /* the server has said so */
    size_t unsent; /* bytes at most */
    int64_t rows;  /* copied */
    char *row;     /* libpq's; the one that was read last */
} pg_copy;

/* The next result; NULL: there is none, or the call has failed. Without memory libpq leaves a whole
 * message lying and looks busy: before we wait for bytes that have come, it tries once more. */
static PGresult *next_result(weft__pg_connection *connection, weft__call *call)
{
    while (PQisBusy(connection->pg) && PQisBusy(connection->pg))
        if (!weft__pg_wait_input(connection, WEFT_NEVER, call))
            return NULL;
    return PQgetResult(connection->pg);
}

/* Takes the results up to the last, and goes back into the pipeline. */
static void finish(pg_copy *copy, weft__call *call)
{
    weft__pg_connection *connection = copy->connection;
    for (PGresult *result; (result = next_result(connection, call)) != NULL; PQclear(result)) {
        if (PQresultStatus(result) == PGRES_FATAL_ERROR && call->result == WEFT_DB_OK)
            weft__pg_fail(call, result);
        else if (PQresultStatus(result) == PGRES_COMMAND_OK)
            copy->rows = strtoll(PQcmdTuples(result), NULL, 10);
    }
    copy->finished = true;
    if (connection->lost || !PQenterPipelineMode(connection->pg))
        connection->lost = true;
}

static bool start(pg_copy *copy, const char *sql, weft__call *call)
{
    PGconn *pg = copy->connection->pg;
    if (!PQexitPipelineMode(pg) || !PQsendQuery(pg, sql)) {
        weft__call_fail(call, WEFT_DB_AWAY, 0, "%s", PQerrorMessage(pg));
        copy->connection->lost = true;
        return false;
    }
    PGresult *result = next_result(copy->connection, call);
    ExecStatusType status = result ? PQresultStatus(result) : PGRES_FATAL_ERROR;
    copy->out = status == PGRES_COPY_OUT;
    if (status == PGRES_FATAL_ERROR && result != NULL)
        weft__pg_fail(call, result);
    PQclear(result);
    if (status == PGRES_COPY_IN || status == PGRES_COPY_OUT)
        return true;
    if (call->result == WEFT_DB_OK)
        weft__call_fail(call, WEFT_DB_FAILED, 0,
                        "the statement copies neither FROM STDIN nor TO STDOUT");
    finish(copy, call);
    return false;
}

static void discard(pg_copy *copy)
{
    if (copy->row != NULL)
        PQfreemem(copy->row);
    if (copy->own)
        weft__pg_release(copy->connection);
    free(copy);
}

static bool is_copy(const char *sql, weft__call *call)
{
    static const char *const words[] = {"copy"};
    if (weft__pg_first_word_is(sql, words, 1))
        return true;
    weft__call_fail(call, WEFT_DB_FAILED, 0, "the statement is no COPY");
    return false;
}

weft_copy *weft__pg_copy_begin(weft_database *database, weft__session *session, const char *sql,
                               weft__call *call)
{
    pg_copy *copy = is_copy(sql, call) ? calloc(1, sizeof(*copy)) : NULL;
    if (copy == NULL) {
        if (call->result == WEFT_DB_OK)
            weft__call_fail(call, WEFT_DB_NO_MEMORY, 0, "no memory for a copy");
        return NULL;
    }
    copy->own = session == NULL;
    copy->connection = session ? (weft__pg_connection *)session
                               : weft__pg_acquire((weft__pg *)database, WEFT__PG_OWN, call);
    if (copy->connection == NULL) {
        free(copy);
        return NULL;
    }
    if (start(copy, sql, call))
        return &copy->base;
    discard(copy);
    return NULL;
}

void weft__pg_copy_write(weft_copy *base, weft_str bytes, weft__call *call)
{
    pg_copy *copy = (pg_copy *)base;
    PGconn *pg = copy->connection->pg;
    while (bytes.len != 0 && call->result == WEFT_DB_OK) {
        size_t len = bytes.len < UNSENT_MAX ? bytes.len : UNSENT_MAX;
        int sent = PQputCopyData(pg, bytes.at, (int)len);
        if (sent < 0) {
            weft__call_fail(call, WEFT_DB_FAILED, 0, "%s", PQerrorMessage(pg));
            return;
        }
        if (sent != 0) {
            bytes = weft_str_skip(bytes, len);
            copy->unsent += len;
        }
        if (sent != 0 && copy->unsent < UNSENT_MAX)
            continue;
        if (!weft__pg_wait_room(copy->connection, WEFT_NEVER, call))
            return;
        copy->unsent = 0;
    }
}

bool weft__pg_copy_read(weft_copy *base, weft_str *row, weft__call *call)
{
    pg_copy *copy = (pg_copy *)base;
    PGconn *pg = copy->connection->pg;
    int len;
    if (copy->row != NULL)
        PQfreemem(copy->row);
    copy->row = NULL;
    if (copy->finished)
        return false;
    while ((len = PQgetCopyData(pg, &copy->row, 1)) == 0)
        if (!weft__pg_wait_input(copy->connection, WEFT_NEVER, call))
            return false;
    if (len > 0) {
        *row = (weft_str){copy->row, (size_t)len};
        return true;
    }
    if (len == -1)
        finish(copy, call);
    else /* the row is still there; the copy is not at its end */
        weft__call_fail(call, WEFT_DB_FAILED, 0, "%s", PQerrorMessage(pg));
    return false;
}

/* Everything in order up to here: ends what is written, reads what is left. */
static void end_in_order(pg_copy *copy, weft__call *call)
{
    weft_str row;
    while (copy->out && weft__pg_copy_read(&copy->base, &row, call))
        continue;
    if (copy->out || call->result != WEFT_DB_OK)
        return;
    int sent;
    while ((sent = PQputCopyEnd(copy->connection->pg, NULL)) == 0)
        if (!weft__pg_wait_room(copy->connection, WEFT_NEVER, call))
            return;
    if (sent > 0 && weft__pg_wait_room(copy->connection, WEFT_NEVER, call))
        finish(copy, call);
    if (!copy->finished && copy->own && call->failure != NULL)
        weft__pg_fail_unanswered(call, call->result, true, "the end of the copy was not answered");
}

/* Tells the server to forget what was written. */
static void give_up(pg_copy *copy)
{
    static const weft_statement statement = {.name = "copy"};
    weft__call call = {.statement = &statement, .failure_arena = weft_arena_current()};
    weft_shield shield = weft_shield_begin();
    int64_t old = weft_deadline_narrow(weft_clock_now() + WEFT_POSTGRES_CANCEL_GRACE);
    if (!copy->out && PQputCopyEnd(copy->connection->pg, "given up") > 0 &&
        weft__pg_wait_room(copy->connection, WEFT_NEVER, &call))
        finish(copy, &call);
    weft_deadline_restore(old);
    weft_shield_end(shield);
}

void weft__pg_copy_end(weft_copy *base, bool good, weft__call *call)
{
    pg_copy *copy = (pg_copy *)base;
    if (good)
        end_in_order(copy, call);
    if (!copy->finished && !copy->connection->lost)
        give_up(copy);
    if (!copy->finished)
        weft__pg_lose(copy->connection, "a copy did not end");
    call->affected = copy->rows;
    discard(copy);
}
