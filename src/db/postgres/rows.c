/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * db/postgres/rows.c: cursors. A query is declared as a cursor of the server's, in the transaction
 * that it is opened in, or in one of its own, and fetched in batches. What is no query (INSERT ..
 * RETURNING) is run whole, and its rows are handed out one by one.
 */
#include <stdio.h>
#include <stdlib.h>

#include "db/postgres/execute.h"
#include "db/postgres/word.h"

enum { TEXT_SIZE = 64 };

struct weft__rows {
    weft__pg_connection *connection; /* NULL: all rows are here */
    bool own;                        /* in a transaction of its own */
    bool failed;
    bool last; /* there is no further batch */
    char name[24];
    PGresult *batch; /* or NULL */
    int at;          /* the next row of it */
};

/* ---- ending ---------------------------------------------------------------------------------- */

static void close_on_server(weft__rows *rows)
{
    static const weft_statement close = {.name = "close"};
    weft__call call = {.statement = &close, .failure_arena = weft_arena_current()};
    char text[TEXT_SIZE];
    if (rows->own && !rows->failed) {
        weft__pg_commit((weft__session *)rows->connection, &call);
    } else if (rows->own) {
        weft__pg_rollback((weft__session *)rows->connection);
    } else if (!rows->failed && rows->name[0] != '\0') {
        snprintf(text, sizeof text, "CLOSE %s", rows->name);
        weft__pg_run_text(rows->connection, &call, text, true);
    }
}

/* Ends what is open on the server; the rows are still to be freed. */
static void end(weft__rows *rows)
{
    if (rows->connection != NULL)
        close_on_server(rows);
    PQclear(rows->batch);
}

/* ---- opening --------------------------------------------------------------------------------- */

static bool is_query(const weft_statement *statement)
{
    static const char *const words[] = {"select", "values", "table"};
    const char *sql = weft__pg_sql(statement);
    return sql != NULL && (weft__pg_first_word_is(sql, words, 3) || statement->read_only);
}

static void declare(weft__rows *rows, weft__call *call)
{
    const char *sql = weft__pg_sql(call->statement);
    char *text = NULL;
    snprintf(rows->name, sizeof rows->name, "weft_rows_%u", rows->connection->cursors++);
    if (asprintf(&text, "DECLARE %s NO SCROLL CURSOR FOR %s", rows->name, sql) < 0) {
        weft__call_fail(call, WEFT_DB_NO_MEMORY, 0, "no memory for a cursor");
        return;
    }
    weft__pg_job job = {.call = call, .text = text, .with_parameters = true};
    weft__pg_run(rows->connection, &job);
    free(text);
}

static void open_in_session(weft__rows *rows, weft__session *session, weft__call *call)
{
    rows->connection = (weft__pg_connection *)session;
    if (is_query(call->statement)) {
        declare(rows, call);
        return;
    }
    weft__pg_job job = {.call = call, .keep = true};
    weft__pg_run(rows->connection, &job);
    rows->batch = job.result;
    rows->last = true;
}

static void open_at(weft_database *base, weft__rows *rows, weft__call *call)
{
    const weft_transaction_options options = {.read_only = call->statement->read_only};
    weft__session *session = base->engine->begin(base, &options, call);
    if (session == NULL)
        return;
    rows->own = true;
    open_in_session(rows, session, call);
    if (call->result == WEFT_DB_OK && rows->last) {
        rows->own = false;
        rows->connection = NULL;
        weft__pg_commit(session, call);
    }
}

static void open_by_itself(weft_database *base, weft__rows *rows, weft__call *call)
{
    weft__pg *pool = (weft__pg *)base;
    if (pool->replica != NULL && call->statement->read_only) {
        open_at(&pool->replica->base, rows, call);
        if (!weft__pg_is_left_to_primary(call))
            return;
        rows->failed = true;
        end(rows);
        *rows = (weft__rows){0};
        weft__call_restart(call);
    }
    open_at(base, rows, call);
}

weft__rows *weft__pg_rows_open(weft_database *base, weft__session *session, weft__call *call)
{
    if (!weft__pg_is_allowed(NULL, call))
        return NULL;
    weft__rows *rows = calloc(1, sizeof(*rows));
    if (rows == NULL) {
        weft__call_fail(call, WEFT_DB_NO_MEMORY, 0, "no memory for a cursor");
        return NULL;
    }
    if (session != NULL)
        open_in_session(rows, session, call);
    else
        open_by_itself(base, rows, call);
    if (call->result == WEFT_DB_OK)
        return rows;
    rows->failed = true;
    weft__pg_rows_close(rows);
    return NULL;
}

/* ---- reading --------------------------------------------------------------------------------- */

static void fetch(weft__rows *rows, weft__call *call)
{
    char text[TEXT_SIZE];
    snprintf(text, sizeof text, "FETCH %d FROM %s", WEFT_POSTGRES_FETCH, rows->name);
    weft__pg_job job = {.call = call, .text = text, .keep = true};
    bool first = rows->batch == NULL;
    PQclear(rows->batch);
    weft__pg_run(rows->connection, &job);
    rows->batch = job.result;
    rows->at = 0;
    if (job.result != NULL)
        rows->last = PQntuples(job.result) < WEFT_POSTGRES_FETCH;
    if (job.result != NULL && first)
        (void)weft__pg_is_as_checked(call, job.result);
}

void weft__pg_rows_next(weft__rows *rows, weft__call *call)
{
    if ((rows->batch == NULL || rows->at == PQntuples(rows->batch)) && !rows->last)
        fetch(rows, call);
    if (call->result == WEFT_DB_OK && rows->batch != NULL && rows->at < PQntuples(rows->batch)) {
        weft__pg_row at = {.result = rows->batch, .at = rows->at++};
        (void)!weft__call_row(call, &(weft_row){&weft__postgres_engine, &at, call});
    }
    rows->failed = rows->failed || call->result != WEFT_DB_OK;
}

/* ---- closing --------------------------------------------------------------------------------- */

void weft__pg_rows_close(weft__rows *rows)
{
    end(rows);
    free(rows);
}
