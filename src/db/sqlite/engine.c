/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * db/sqlite/engine.c: the SQLite engine: opening, and who runs a statement.
 *
 * A statement that only reads runs on the worker that asks, on the worker's own connection: in WAL
 * mode it waits for nobody, and handing it to a thread would cost more than running it. That a
 * statement is fast is not believed but measured: its first run goes to a reader thread, while the
 * fiber waits; so does every run of one that was slow, until it was fast often enough. On the
 * worker it has a budget: beyond that SQLite interrupts it, what it brought is dropped, and it
 * runs again on a reader thread, as does what fails for whatever reason.
 *
 * Everything that writes goes to the one writer thread. docs/decisions/0005-sqlite-calling.md
 * argues why.
 */
#include <stdio.h>
#include <stdlib.h>

#include "db/sqlite/array.h"
#include "db/sqlite/database.h"
#include "db/sqlite/migrations.h"

/* ---- opening --------------------------------------------------------------------------------- */

/* The path in the URL's rest: "path", "//path", "///path"; NULL with the cause in `why`. */
static char *path_of(const char *rest, char *why, size_t why_size)
{
    if (strncmp(rest, "//", 2) == 0)
        rest += 2;
    const char *query = strchr(rest, '?');
    if (rest[0] == '\0' || query == rest) {
        snprintf(why, why_size,
                 "the database URL names no file: write sqlite:users.db, for example");
        return NULL;
    }
    if (query != NULL) {
        snprintf(why, why_size, "sqlite URLs have no parameters: remove \"%s\"", query);
        return NULL;
    }
    /* With a folder in front SQLite takes no name for anything but a file. */
    bool as_is = rest[0] == '/' || strcmp(rest, WEFT__SQLITE_MEMORY) == 0;
    char *path = NULL;
    if (asprintf(&path, "%s%s", as_is ? "" : "./", rest) < 0) {
        snprintf(why, why_size, "out of memory");
        return NULL;
    }
    return path;
}

static weft_database *open_sqlite(const char *url, const weft_database_options *options, char *why,
                                  size_t why_size)
{
    (void)options; /* there is no pool */
    const char *rest = strchr(url, ':') + 1;
    /* Counting memory would take one lock for all connections at each allocation. The program may
     * have started SQLite by itself; then its own choice stands. */
    sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
    if (sqlite3_threadsafe() == 0) {
        snprintf(why, why_size, "this SQLite library was built without support for threads");
        return NULL;
    }
    weft__sqlite_database *database = calloc(1, sizeof(*database));
    if (database == NULL) {
        snprintf(why, why_size, "out of memory");
        return NULL;
    }
    database->base.engine = &weft__sqlite_engine;
    database->path = path_of(rest, why, why_size);
    if (database->path == NULL)
        goto free_database;
    database->memory = strcmp(database->path, WEFT__SQLITE_MEMORY) == 0;

    char cause[WEFT__WHY_SIZE / 2];
    database->writer = weft__sqlite_connect(database->path, WEFT__SQLITE_WRITER, cause,
                                            sizeof(cause));
    if (database->writer == NULL) {
        snprintf(why, why_size, "cannot open the SQLite database \"%s\": %s", rest, cause);
        goto free_path;
    }
    if (!weft__lane_init(&database->writes, "weft-writer", 1, weft__sqlite_write_main, database) ||
        !weft__lane_init(&database->reads, "weft-reader", WEFT_SQLITE_READERS,
                         weft__sqlite_read_main, database)) {
        snprintf(why, why_size, "out of memory");
        goto disconnect;
    }
    return &database->base;

disconnect:
    weft__sqlite_disconnect(database->writer);
free_path:
    free(database->path);
free_database:
    free(database);
    return NULL;
}

/* The writer's connection goes last: closing it moves the log into the file. */
static void close_sqlite(weft_database *base)
{
    weft__sqlite_database *database = (weft__sqlite_database *)base;
    weft__lane_finish(&database->reads);
    weft__lane_finish(&database->writes);
    for (unsigned i = 0; i < WEFT_SQLITE_WORKERS; i++)
        weft__sqlite_disconnect(database->of_worker[i]);
    weft__sqlite_disconnect(database->writer);
    free(database->path);
    free(database);
}

/* ---- running --------------------------------------------------------------------------------- */

static weft_db_result submit(weft__lane *lane, weft__job *job)
{
    weft_db_result result = weft__lane_submit(lane, job);
    if (result == WEFT_DB_OK || job->call == NULL)
        return result;
    if (result == WEFT_DB_BUSY)
        weft__call_fail(job->call, result, 0, "%d statements wait already", WEFT_DB_QUEUE);
    else
        weft__call_fail(job->call, result, 0, "%s", weft_db_result_text(result));
    return result;
}

/* The connection of this worker, or NULL when it has none and gets none. */
static weft__sqlite *worker_connection(weft__sqlite_database *database, unsigned worker)
{
    if (worker >= WEFT_SQLITE_WORKERS)
        return NULL;
    char why[WEFT__WHY_SIZE];
    weft__sqlite **connection = &database->of_worker[worker];
    if (WEFT_UNLIKELY(*connection == NULL))
        *connection = weft__sqlite_connect(database->path, WEFT__SQLITE_INLINE, why, sizeof(why));
    return *connection;
}

/* Runs the call here and now; false when it must run on a reader thread instead. */
static bool run_inline(weft__sqlite *connection, weft__call *call)
{
    weft__prepared *known = weft__sqlite_known(connection, call->statement);
    if (known == NULL || known->slow != 0)
        return false;
    connection->until = weft_clock_now() + WEFT_SQLITE_BUDGET;
    int code = weft__sqlite_run(connection, call);
    if (weft_clock_now() > connection->until)
        known->slow = WEFT_SQLITE_SLOW_RUNS;
    return code == SQLITE_OK;
}

/* What a run on a reader thread tells of the statement: from now on it may, or may not yet, run on
 * the worker. */
static void learn(weft__sqlite *connection, const weft__call *call, int64_t took)
{
    weft__call unheard = *call; /* the answer of this call stands, whatever comes of preparing */
    weft__prepared *prepared;
    if (call->result != WEFT_DB_OK ||
        weft__sqlite_prepare(connection, &unheard, &prepared) != SQLITE_OK ||
        prepared->slow == WEFT__SQLITE_NEVER)
        return;
    if (took > WEFT_SQLITE_BUDGET / 2)
        prepared->slow = WEFT_SQLITE_SLOW_RUNS;
    else if (prepared->slow != 0)
        prepared->slow--;
}

static void read_statement(weft__sqlite_database *database, weft__call *call)
{
    weft__sqlite *connection = worker_connection(database, weft_worker_index());
    if (connection != NULL && ++connection->turns % WEFT_SQLITE_TURNS == 0)
        weft_yield();
    if (connection != NULL && run_inline(connection, call))
        return;
    weft__job job = {.call = call};
    if (submit(&database->reads, &job) == WEFT_DB_OK && connection != NULL)
        learn(connection, call, job.took);
}

static void execute(weft_database *base, weft__call *call)
{
    weft__sqlite_database *database = (weft__sqlite_database *)base;
    if (call->statement->read_only && !database->memory) {
        read_statement(database, call);
        return;
    }
    weft__job job = {.call = call};
    (void)submit(&database->writes, &job);
}

/* ---- rows ------------------------------------------------------------------------------------ */

static weft_db_value value(const weft_row *row, unsigned column)
{
    sqlite3_stmt *statement = row->at;
    int i = (int)column;
    weft_db_value value = {.type = WEFT_DB_NULL};
    switch (sqlite3_column_type(statement, i)) {
    case SQLITE_INTEGER:
        value.type = WEFT_DB_INTEGER;
        value.integer = sqlite3_column_int64(statement, i);
        break;
    case SQLITE_FLOAT:
        value.type = WEFT_DB_REAL;
        value.real = sqlite3_column_double(statement, i);
        break;
    case SQLITE_TEXT:
        value.type = WEFT_DB_TEXT;
        value.text.at = (const char *)sqlite3_column_text(statement, i);
        value.text.len = (size_t)sqlite3_column_bytes(statement, i);
        break;
    case SQLITE_BLOB:
        value.type = WEFT_DB_BLOB;
        value.text.at = sqlite3_column_blob(statement, i);
        value.text.len = (size_t)sqlite3_column_bytes(statement, i);
        break;
    }
    return value;
}

static weft_db_result items(const weft_row *row, unsigned column, weft_arena *arena,
                            weft_db_value *array)
{
    weft_db_value held = value(row, column);
    if (held.text.at == NULL && held.text.len != 0)
        return WEFT_DB_NO_MEMORY;
    switch (weft__sqlite_array_read(held.text, arena, array)) {
    case WEFT_OK: return WEFT_DB_OK;
    case WEFT_NO_MEMORY: return WEFT_DB_NO_MEMORY;
    default: return weft_row_refuse(row, column, "holds text that is no JSON array of scalars");
    }
}

static const char *column_name(const weft_row *row, unsigned column)
{
    return sqlite3_column_name(row->at, (int)column);
}

/* ---- migrations ------------------------------------------------------------------------------ */

typedef struct migration_job {
    weft__migrations *migrations;
    bool status_only;
    weft_arena *arena;
    weft_str *why;
    weft_db_result result;
} migration_job;

static void migrate_alone(weft__sqlite *connection, void *arg)
{
    migration_job *job = arg;
    job->result = weft__sqlite_migrate(connection->db, job->migrations, job->status_only,
                                       job->arena, job->why);
}

static weft_db_result migrate(weft_database *base, weft__migrations *migrations, bool status_only,
                              weft_arena *arena, weft_str *why)
{
    weft__sqlite_database *database = (weft__sqlite_database *)base;
    migration_job job = {
        .migrations = migrations, .status_only = status_only, .arena = arena, .why = why};
    weft__job alone = {.alone = migrate_alone, .arg = &job};
    weft_db_result result = submit(&database->writes, &alone);
    if (result == WEFT_DB_OK)
        return job.result;
    *why = weft_str_from(weft_db_result_text(result));
    return result;
}

const weft__engine weft__sqlite_engine = {
    .schemes = {"sqlite", "sqlite"},
    .open = open_sqlite,
    .close = close_sqlite,
    .execute = execute,
    .value = value,
    .items = items,
    .column_name = column_name,
    .migrate = migrate,
};
