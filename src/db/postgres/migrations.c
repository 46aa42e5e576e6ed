/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * db/postgres/migrations.c: what PostgreSQL does for migrations. Who waits for the advisory lock
 * asks again and again instead of waiting in the server: a statement that waits has a snapshot, and
 * CREATE INDEX CONCURRENTLY waits for the end of every snapshot, so both would wait for ever.
 */
#include "db/postgres/migrations.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "db/migrator.h"
#include "db/postgres/libpq.h"
#include "db/postgres/script.h"
#include "db/sqlite/text.h"

#define LOCK           "8603120158" /* "weft" as a number, of no meaning: the key of the lock */
#define IN_TRANSACTION "25001"      /* what CREATE INDEX CONCURRENTLY and its like answer there */
#define PAUSE          (50 * WEFT_MILLISECOND)

static weft_str trimmed(const char *message)
{
    weft_str text = weft_str_from(message);
    while (text.len != 0 && text.at[text.len - 1] == '\n')
        text.len--;
    return text;
}

static weft_db_result fail_pg(weft__migrator *m)
{
    return weft__migrator_fail(m, "weft_migrations: %.*s",
                               WEFT_STR_ARGS(trimmed(PQerrorMessage(m->connection))));
}

static bool succeeded(const PGresult *result)
{
    ExecStatusType status = PQresultStatus(result);
    return status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK || status == PGRES_EMPTY_QUERY;
}

static weft_db_result execute(weft__migrator *m, const char *sql)
{
    PGresult *result = PQexec(m->connection, sql);
    bool good = succeeded(result);
    PQclear(result);
    return good ? WEFT_DB_OK : fail_pg(m);
}

/* Runs with text parameters; NULL and the failure has been said. */
static PGresult *query(weft__migrator *m, const char *sql, int count, const char *const *values)
{
    PGresult *result = PQexecParams(m->connection, sql, count, NULL, values, NULL, NULL, 0);
    if (succeeded(result))
        return result;
    PQclear(result);
    (void)fail_pg(m);
    return NULL;
}

/* ---- the table ------------------------------------------------------------------------------- */

static bool exists(weft__migrator *m)
{
    PGresult *result = query(m, "SELECT to_regclass('weft_migrations') IS NOT NULL", 0, NULL);
    bool found = result != NULL && PQgetvalue(result, 0, 0)[0] == 't';
    PQclear(result);
    return found;
}

static weft_db_result create(weft__migrator *m)
{
    if (exists(m))
        return WEFT_DB_OK;
    return execute(m, "CREATE TABLE weft_migrations (version bigint PRIMARY KEY, name text NOT "
                      "NULL, sql text NOT NULL, applied_at text NOT NULL)");
}

static weft_str field(const PGresult *result, int row, int column)
{
    return (weft_str){PQgetvalue(result, row, column), (size_t)PQgetlength(result, row, column)};
}

static weft_db_result read_rows(weft__migrator *m, int64_t from, int64_t to)
{
    char first[24], last[24];
    snprintf(first, sizeof first, "%" PRId64, from);
    snprintf(last, sizeof last, "%" PRId64, to);
    PGresult *rows = query(m,
                           "SELECT version, name, sql, applied_at FROM weft_migrations "
                           "WHERE version BETWEEN $1 AND $2",
                           2, (const char *const[]){first, last});
    if (rows == NULL)
        return WEFT_DB_FAILED;
    weft_db_result result = WEFT_DB_OK;
    for (int i = 0; result == WEFT_DB_OK && i < PQntuples(rows); i++)
        result = weft__migrator_found(m, strtoll(PQgetvalue(rows, i, 0), NULL, 10),
                                      field(rows, i, 1), field(rows, i, 2), field(rows, i, 3));
    PQclear(rows);
    return result;
}

static weft_db_result record(weft__migrator *m, weft_migration *migration)
{
    char version[24];
    snprintf(version, sizeof version, "%" PRId64, migration->version);
    weft_str name = weft_arena_printf(m->arena, "%.*s", WEFT_STR_ARGS(migration->name));
    if (name.at == NULL)
        return weft__migrator_no_memory(m);
    PGresult *result = query(m,
                             "INSERT INTO weft_migrations (version, name, sql, applied_at) VALUES "
                             "($1, $2, $3, to_char(now() AT TIME ZONE 'UTC', "
                             "'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"')) RETURNING applied_at",
                             3, (const char *const[]){version, name.at, migration->sql.at});
    if (result == NULL)
        return WEFT_DB_FAILED;
    bool copied = weft_arena_copy(m->arena, field(result, 0, 0), &migration->applied_at);
    PQclear(result);
    return copied ? WEFT_DB_OK : weft__migrator_no_memory(m);
}

static weft_db_result erase(weft__migrator *m, const weft_migration *migration)
{
    char sql[96];
    snprintf(sql, sizeof sql, "DELETE FROM weft_migrations WHERE version = %" PRId64,
             migration->version);
    return execute(m, sql);
}

/* ---- files ----------------------------------------------------------------------------------- */

/* The byte of the statement that the server's position, counted in characters from 1, names. */
static size_t offset_of(const char *statement, const char *position)
{
    long characters = position ? strtol(position, NULL, 10) : 0;
    const char *at = statement;
    while (characters > 1 && *at != '\0') {
        at++;
        while (((unsigned char)*at & 0xc0) == 0x80)
            at++;
        characters--;
    }
    return (size_t)(at - statement);
}

static weft_db_result fail_statement(weft__migrator *m, weft_str file, weft_str sql,
                                     const char *start, const char *statement,
                                     const PGresult *result)
{
    char message[1024];
    const char *primary = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
    const char *hint = PQresultErrorField(result, PG_DIAG_MESSAGE_HINT);
    const char *sqlstate = PQresultErrorField(result, PG_DIAG_SQLSTATE);
    if (hint == NULL && sqlstate != NULL && strcmp(sqlstate, IN_TRANSACTION) == 0)
        hint = "a file of its own whose first line is -- no-transaction runs without one";
    snprintf(message, sizeof message, "%s%s%s", primary ? primary : PQerrorMessage(m->connection),
             hint ? "; hint: " : "", hint ? hint : "");
    size_t within = offset_of(statement, PQresultErrorField(result, PG_DIAG_STATEMENT_POSITION));
    return weft__migrator_fail_at(m, file, sql, (size_t)(start - sql.at) + within, message);
}

static weft_db_result run_statement(weft__migrator *m, weft_str file, weft_str sql,
                                    const char *start, const char *end)
{
    if (weft__sql_is_control(start))
        return weft__migrator_fail_at(m, file, sql, (size_t)(start - sql.at),
                                      "a migration is one transaction: remove BEGIN, COMMIT and "
                                      "their like");
    weft_str statement = weft_arena_printf(m->arena, "%.*s", (int)(end - start), start);
    if (statement.at == NULL)
        return weft__migrator_no_memory(m);
    PGresult *result = PQexec(m->connection, statement.at);
    weft_db_result outcome = WEFT_DB_OK;
    if (PQresultStatus(result) == PGRES_COPY_IN || PQresultStatus(result) == PGRES_COPY_OUT)
        outcome = weft__migrator_fail_at(m, file, sql, (size_t)(start - sql.at),
                                         "COPY with data is not for migrations; write INSERT");
    else if (!succeeded(result))
        outcome = fail_statement(m, file, sql, start, statement.at, result);
    PQclear(result);
    return outcome;
}

static weft_db_result run(weft__migrator *m, weft_str file, weft_str sql)
{
    const char *start = weft__sql_start(sql.at);
    if (*start == '\0')
        return weft__migrator_fail_at(m, file, sql, 0,
                                      "the file has no statement; write it, or remove it");
    for (const char *end; *start != '\0'; start = weft__sql_start(end)) {
        end = weft__pg_statement_end(start);
        WEFT_TRY(run_statement(m, file, sql, start, end));
    }
    /* What it set for its own sake, such as search_path, is not for what follows. */
    return execute(m, "RESET ALL");
}

static weft_db_result begin(weft__migrator *m)
{
    return execute(m, "BEGIN");
}

static weft_db_result commit(weft__migrator *m)
{
    return execute(m, "COMMIT");
}

static void rollback(weft__migrator *m)
{
    PQclear(PQexec(m->connection, "ROLLBACK"));
}

/* ---- all of it ------------------------------------------------------------------------------- */

static const weft__migrator_engine engine = {
    .lone = true,
    .exists = exists,
    .create = create,
    .read = read_rows,
    .begin = begin,
    .commit = commit,
    .rollback = rollback,
    .run = run,
    .record = record,
    .erase = erase,
};

/* Tries once; *taken says whether it worked. In a transaction the lock ends with that. By the
 * simple protocol: a portal would keep its snapshot, for which CREATE INDEX CONCURRENTLY waits. */
static weft_db_result try_lock(weft__migrator *m, bool in_transaction, bool *taken)
{
    if (in_transaction)
        WEFT_TRY(execute(m, "BEGIN; SET LOCAL idle_in_transaction_session_timeout = 0"));
    PGresult *result = PQexec(m->connection, in_transaction
                                                 ? "SELECT pg_try_advisory_xact_lock(" LOCK ")"
                                                 : "SELECT pg_try_advisory_lock(" LOCK ")");
    if (!succeeded(result)) {
        PQclear(result);
        return fail_pg(m);
    }
    *taken = PQgetvalue(result, 0, 0)[0] == 't';
    PQclear(result);
    return in_transaction && !*taken ? execute(m, "ROLLBACK") : WEFT_DB_OK;
}

/* Until no other process migrates this database. */
static weft_db_result take_lock(weft__migrator *m, bool in_transaction)
{
    const struct timespec pause = {.tv_nsec = PAUSE};
    int64_t until = weft_deadline_after(WEFT_MIGRATION_WAIT);
    bool taken;
    for (;;) {
        WEFT_TRY(try_lock(m, in_transaction, &taken));
        if (taken)
            return WEFT_DB_OK;
        if (weft_clock_now() > until)
            break;
        nanosleep(&pause, NULL);
    }
    (void)weft__migrator_fail(m, "another process has been migrating this database for %d minutes",
                              (int)(WEFT_MIGRATION_WAIT / WEFT_MINUTE));
    return WEFT_DB_BUSY;
}

/* The session locks when it is the connection's own. Behind a pooler it is not, and the lock would
 * stay there: then a transaction locks, on another connection, which has a session until it ends.
 * While it waits it has none, so that waiting ones leave the pooler's connections to who migrates.
 */
static weft_db_result lock(weft__migrator *m, weft__migrator *holder, const char *url)
{
    PGresult *result = query(m, "SELECT pg_backend_pid()", 0, NULL);
    if (result == NULL)
        return WEFT_DB_FAILED;
    bool own = strtol(PQgetvalue(result, 0, 0), NULL, 10) == PQbackendPID(m->connection);
    PQclear(result);
    if (own)
        return take_lock(m, false);
    holder->connection = PQconnectdb(url);
    return take_lock(holder, true);
}

static void unlock(weft__migrator *holder)
{
    if (holder->connection != NULL)
        PQclear(PQexec(holder->connection, "ROLLBACK"));
    PQfinish(holder->connection);
}

static void ignore_notice(void *arg, const PGresult *result)
{
    (void)arg, (void)result;
}

weft_db_result weft__pg_migrate(const char *url, weft__migrations *migrations,
                                weft__migrate_task task, weft_arena *arena, weft_str *why)
{
    weft__migrator m = {&engine, PQconnectdb(url), migrations, arena, why};
    weft__migrator holder = {&engine, NULL, migrations, arena, why};
    weft_db_result result = WEFT_DB_AWAY;
    if (PQstatus(m.connection) != CONNECTION_OK) {
        (void)weft__migrator_fail(&m, "the database cannot be reached: %.*s",
                                  WEFT_STR_ARGS(trimmed(PQerrorMessage(m.connection))));
    } else {
        PQsetNoticeReceiver(m.connection, ignore_notice, NULL);
        result = task.what == WEFT__MIGRATE_STATUS ? WEFT_DB_OK : lock(&m, &holder, url);
        if (result == WEFT_DB_OK)
            result = weft__migrator_run(&m, task);
    }
    unlock(&holder);
    PQfinish(m.connection);
    return result;
}
