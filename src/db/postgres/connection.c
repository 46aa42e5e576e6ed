/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * db/postgres/connection.c: sending statements and taking their answers; see connection.h.
 *
 * A statement goes out as [DEALLOCATE] [Parse] Bind Describe Execute Sync, and is answered by one
 * result for each of the first three and one for the Sync, in the order of sending. The Sync makes
 * it a transaction of its own, and ends what a failure skips.
 */
#include "db/postgres/connection.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>

#include "db/postgres/pool.h"
#include "db/postgres/write.h"
#include "runtime/park.h"

/* ---- life ------------------------------------------------------------------------------------ */

static void on_readable(weft__source *source)
{
    weft__pg_pump((weft__pg_connection *)((char *)source - offsetof(weft__pg_connection, source)));
}

weft__pg_connection *weft__pg_connection_create(struct weft__pg *pool, PGconn *pg)
{
    weft__pg_connection *connection = calloc(1, sizeof(*connection));
    weft__pg_prepared *prepared = calloc(WEFT__PG_PREPARED, sizeof(*prepared));
    if (connection == NULL || prepared == NULL) {
        free(connection);
        free(prepared);
        return NULL;
    }
    *connection = (weft__pg_connection){
        .pg = pg,
        .pool = pool,
        .prepared = prepared,
        .source = {.fd = PQsocket(pg), .on_ready = on_readable},
    };
    return connection;
}

void weft__pg_connection_destroy(weft__pg_connection *connection)
{
    PQfinish(connection->pg);
    free(connection->prepared);
    free(connection);
}

bool weft__pg_is_clean(const weft__pg_connection *connection)
{
    return !connection->lost && !connection->spent && connection->first == NULL &&
           PQstatus(connection->pg) == CONNECTION_OK &&
           PQtransactionStatus(connection->pg) == PQTRANS_IDLE;
}

/* The time, for a connection of a worker as of this turn of its loop. */
static int64_t now_of(const weft__pg_connection *connection)
{
    return connection->lane ? weft__worker_now() : weft_clock_now();
}

/* ---- sending --------------------------------------------------------------------------------- */

static bool send_text(weft__pg_connection *connection, weft__pg_job *job, const char *text,
                      const weft__pg_parameters *parameters)
{
    return PQsendQueryParams(connection->pg, text, parameters->count,
                             weft__pg_parameter_types(job->call->statement), parameters->values,
                             parameters->lengths, parameters->formats, 1);
}

static bool send_statement(weft__pg_connection *connection, weft__pg_job *job)
{
    weft__pg_parameters parameters;
    const char *name = NULL;
    const weft_statement *statement = job->call->statement;
    if (!weft__pg_write(&parameters, job->call, weft__pg_parameter_types(statement)))
        return false;
    if (job->text != NULL)
        return send_text(connection, job, job->text, &parameters);
    if (!weft__pg_prepare(connection, job, &name))
        return false;
    if (name == NULL)
        return send_text(connection, job, weft__pg_sql(statement), &parameters);
    return PQsendQueryPrepared(connection->pg, name, parameters.count, parameters.values,
                               parameters.lengths, parameters.formats, 1);
}

static bool send_job(weft__pg_connection *connection, weft__pg_job *job)
{
    if (job->text != NULL && !job->with_parameters)
        return PQsendQueryParams(connection->pg, job->text, 0, NULL, NULL, NULL, NULL, 1);
    if (weft__pg_sql(job->call->statement) != NULL)
        return send_statement(connection, job);
    weft__call_fail(job->call, WEFT_DB_FAILED, 0,
                    "the statement was checked for SQLite only; check it for PostgreSQL, too, when "
                    "you build");
    return false;
}

bool weft__pg_send(weft__pg_connection *connection, weft__pg_job *job)
{
    if (!send_job(connection, job) || !PQpipelineSync(connection->pg)) {
        if (job->call->result != WEFT_DB_OK)
            return false;
        /* Something of it may have been put together: the connection is of no use any more. */
        weft__call_fail(job->call, WEFT_DB_AWAY, 0, "%s", PQerrorMessage(connection->pg));
        weft__pg_lose(connection, "a statement could not be sent");
        return false;
    }
    if (connection->first == NULL) {
        connection->first = job;
        connection->since = now_of(connection);
    } else {
        connection->last->next = job;
    }
    connection->last = job;
    return true;
}

/* ---- answers --------------------------------------------------------------------------------- */

/* The first job is done. It is gone once its fiber runs. */
static void answer(weft__pg_connection *connection)
{
    weft__pg_job *job = connection->first;
    int64_t now = now_of(connection);
    connection->first = job->next;
    job->took = now - connection->since;
    connection->since = now;
    connection->depth -= connection->mode == WEFT__PG_SHARED;
    job->answered = true;
    if (job->fiber != NULL)
        weft__unpark(job->fiber);
}

/* Whether the plan that the server kept is out of date; told by the place, as texts are
 * translated. */
static bool is_stale_plan(const PGresult *result)
{
    const char *place = PQresultErrorField(result, PG_DIAG_SOURCE_FUNCTION);
    return place != NULL && strcmp(place, "RevalidateCachedQuery") == 0;
}

/* The statement failed for a reason that is not its own, and has changed nothing. */
static bool may_run_again(weft__pg_connection *connection, const weft__pg_job *job,
                          const PGresult *result)
{
    const char *sqlstate = PQresultErrorField(result, PG_DIAG_SQLSTATE);
    if (sqlstate == NULL || job->text != NULL)
        return false;
    if (strcmp(sqlstate, WEFT__PG_CANCELLED) == 0) /* meant for another one */
        return connection->cancelled && job->stop == WEFT_DB_OK;
    if (strcmp(sqlstate, WEFT__PG_NOT_PREPARED) == 0)
        weft__pg_forget_all(connection);
    else if (strcmp(sqlstate, "0A000") != 0 || !is_stale_plan(result))
        return strcmp(sqlstate, WEFT__PG_PREPARED_ALREADY) == 0;
    else
        weft__pg_forget(connection, job->call->statement);
    return true;
}

static void take(weft__pg_connection *connection, weft__pg_job *job, PGresult *result)
{
    bool step = job->steps != 0;
    ExecStatusType status = PQresultStatus(result);
    job->steps -= step;
    if (step && status == PGRES_COMMAND_OK)
        return;
    if (job->keep && status == PGRES_TUPLES_OK) {
        job->result = result;
        return;
    }
    if (status == PGRES_FATAL_ERROR) {
        job->again = may_run_again(connection, job, result);
        if (step)
            weft__pg_forget(connection, job->call->statement);
    }
    weft__pg_take_result(job, result);
}

/* Everything that has come whole. */
static void take_results(weft__pg_connection *connection)
{
    for (unsigned ends = 0; connection->first != NULL && ends < 2;) {
        if (PQisBusy(connection->pg))
            break;
        PGresult *result = PQgetResult(connection->pg);
        if (result == NULL) { /* of one statement; twice: there is nothing more */
            ends++;
            continue;
        }
        ends = 0;
        weft__pg_job *job = connection->first;
        if (PQresultStatus(result) == PGRES_PIPELINE_SYNC)
            answer(connection);
        else
            take(connection, job, result);
        if (job->result != result)
            PQclear(result);
    }
}

void weft__pg_lose(weft__pg_connection *connection, const char *why)
{
    char text[WEFT__WHY_SIZE];
    snprintf(text, sizeof text, "the connection was lost: %s", why);
    connection->lost = true;
    while (connection->first != NULL) {
        weft__pg_job *job = connection->first;
        if (job->call->result == WEFT_DB_OK || job->call->result == WEFT_DB_AWAY) {
            bool harmless = job->text == NULL && job->call->statement->read_only;
            job->again = harmless && job->stop == WEFT_DB_OK;
            weft__pg_fail_unanswered(job->call, WEFT_DB_AWAY, job->commits, text);
        }
        answer(connection);
    }
}

bool weft__pg_has_unread(const weft__pg_connection *connection)
{
    int bytes = 0;
    const void *tls = weft__libpq.ssl_pending ? PQsslStruct(connection->pg, "OpenSSL") : NULL;
    return (tls != NULL && weft__libpq.ssl_pending(tls) > 0) ||
           (ioctl(PQsocket(connection->pg), FIONREAD, &bytes) == 0 && bytes > 0);
}

/* Whether to go on reading: readiness is told once. After a hang-up up to the end of the stream. */
static bool has_more(const weft__pg_connection *connection)
{
    return connection->source.ready & WEFT__HANGUP ||
           (connection->first != NULL && weft__pg_has_unread(connection));
}

/* When libpq has no memory to tell of a Sync it leaves but a line of its own, and looks busy for
 * ever. */
static bool lacks_memory(const weft__pg_connection *connection)
{
    const char *message = PQerrorMessage(connection->pg), *at = strstr(message, "out of memory");
    return at != NULL && (at == message || at[-1] == '\n') && connection->first != NULL &&
           PQisBusy(connection->pg);
}

void weft__pg_pump(weft__pg_connection *connection)
{
    bool open;
    do {
        open = PQconsumeInput(connection->pg);
        take_results(connection);
        open = open && !lacks_memory(connection);
    } while (open && has_more(connection));
    if (!open || PQstatus(connection->pg) == CONNECTION_BAD)
        weft__pg_lose(connection, PQerrorMessage(connection->pg));
    if (connection->first == NULL && connection->lane != NULL)
        weft__pg_drained(connection);
}
