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
#include "db/sqlite/session.h"

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
    const char *rest = strchr(url, ':') + 1;
    if (!weft__sqlite_load(why, why_size))
        return NULL;
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
    database->base.timeout = options->statement_timeout ? options->statement_timeout
                                                        : WEFT_DB_STATEMENT_TIMEOUT;
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
    if (pthread_mutex_init(&database->spares_lock, NULL) != 0 ||
        !weft__lane_init(&database->writes, "weft-writer", 1, weft__sqlite_write_main, database) ||
        !weft__lane_init(&database->reads, "weft-reader", WEFT_SQLITE_READERS,
                         weft__sqlite_read_main, database)) {
        snprintf(why, why_size, "out of memory");
        goto disconnect;
    }
    weft_semaphore_init(&database->sessions, WEFT_SQLITE_SESSIONS, WEFT_SQLITE_SESSIONS);
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
    weft__lane_hold(&database->writes, NULL);
    weft__lane_finish(&database->reads);
    weft__lane_finish(&database->writes);
    for (unsigned i = 0; i < database->spare_count; i++)
        weft__sqlite_disconnect(database->spares[i]);
    pthread_mutex_destroy(&database->spares_lock);
    for (unsigned i = 0; i < WEFT_SQLITE_WORKERS; i++)
        weft__sqlite_disconnect(database->of_worker[i]);
    weft__sqlite_disconnect(database->writer);
    free(database->path);
    free(database);
}

/* ---- running --------------------------------------------------------------------------------- */

weft_db_result weft__sqlite_submit(weft__lane *lane, weft__job *job, weft__call *call)
{
    weft_db_result result = weft__lane_submit(lane, job);
    if (result == WEFT_DB_BUSY)
        weft__call_fail(call, result, 0, "%d statements wait already", WEFT_DB_QUEUE);
    else if (result != WEFT_DB_OK)
        weft__call_fail(call, result, 0, "%s", weft_db_result_text(result));
    return result;
}

/* The connection of this worker, or NULL when it has none and gets none. */
static weft__sqlite *worker_connection(weft__sqlite_database *database, unsigned worker)
{
    if (worker >= WEFT_SQLITE_WORKERS)
        return NULL;
    char why[WEFT__WHY_SIZE];
    weft__sqlite *connection = atomic_load_explicit(&database->of_worker[worker],
                                                    memory_order_relaxed);
    if (WEFT_LIKELY(connection != NULL))
        return connection;
    connection = weft__sqlite_connect(database->path, WEFT__SQLITE_INLINE, why, sizeof(why));
    atomic_store_explicit(&database->of_worker[worker], connection, memory_order_release);
    return connection;
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

static uint64_t count_run(weft__sqlite *connection)
{
    uint64_t runs = atomic_load_explicit(&connection->runs, memory_order_relaxed) + 1;
    atomic_store_explicit(&connection->runs, runs, memory_order_relaxed);
    return runs;
}

static void read_statement(weft__sqlite_database *database, weft__call *call)
{
    weft__sqlite *connection = worker_connection(database, weft_worker_index());
    if (connection != NULL && count_run(connection) % WEFT_SQLITE_TURNS == 0)
        weft_yield();
    if (connection != NULL && run_inline(connection, call))
        return;
    weft__job job = {.call = call};
    if (weft__sqlite_submit(&database->reads, &job, call) == WEFT_DB_OK && connection != NULL)
        learn(connection, call, job.took);
}

static void execute(weft_database *base, weft__call *call)
{
    weft__sqlite_database *database = (weft__sqlite_database *)base;
    if (call->statement->read_only && !database->memory) {
        read_statement(database, call);
        return;
    }
    if (weft__transaction_is_open(base, database->memory)) {
        weft__sqlite_refuse_second(call);
        return;
    }
    weft__job job = {.call = call};
    (void)weft__sqlite_submit(&database->writes, &job, call);
}

static void ready(weft_database *base, weft__call *call)
{
    static const weft_statement any = {
        .name = "weft_database_ready", .sql = "SELECT 1", .columns = 1, .read_only = true};
    call->statement = &any;
    execute(base, call);
}

static uint64_t count_jobs(weft__lane *lane, unsigned *waiting)
{
    pthread_mutex_lock(&lane->lock);
    uint64_t done = lane->answered_jobs;
    *waiting += lane->queued;
    pthread_mutex_unlock(&lane->lock);
    return done;
}

static void measure(weft_database *base, weft_database_metrics *metrics)
{
    weft__sqlite_database *database = (weft__sqlite_database *)base;
    metrics->statements = count_jobs(&database->writes, &metrics->waiting) +
                          count_jobs(&database->reads, &metrics->waiting);
    for (unsigned i = 0; i < WEFT_SQLITE_WORKERS; i++) {
        weft__sqlite *connection = atomic_load_explicit(&database->of_worker[i],
                                                        memory_order_acquire);
        if (connection == NULL)
            continue;
        metrics->connections++;
        metrics->statements += atomic_load_explicit(&connection->runs, memory_order_relaxed);
    }
    metrics->connections += 1 + database->reads.threads;
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

static const char *column_name(const weft_row *row, unsigned column)
{
    return sqlite3_column_name(row->at, (int)column);
}

/* ---- migrations ------------------------------------------------------------------------------ */

typedef struct migration_job {
    weft__migrations *migrations;
    weft__migrate_task task;
    weft_arena *arena;
    weft_str *why;
    weft_db_result result;
} migration_job;

static void migrate_alone(weft__sqlite *connection, void *arg)
{
    migration_job *job = arg;
    job->result = weft__sqlite_migrate(connection->db, job->migrations, job->task, job->arena,
                                       job->why);
}

static weft_db_result migrate(weft_database *base, weft__migrations *migrations,
                              weft__migrate_task task, weft_arena *arena, weft_str *why)
{
    weft__sqlite_database *database = (weft__sqlite_database *)base;
    migration_job job = {.migrations = migrations, .task = task, .arena = arena, .why = why};
    weft__job alone = {.alone = migrate_alone, .arg = &job};
    weft_db_result result = weft__lane_submit(&database->writes, &alone);
    if (result == WEFT_DB_OK)
        return job.result;
    *why = weft_str_from(weft_db_result_text(result));
    return result;
}

const weft__engine weft__sqlite_engine = {
    .schemes = {"sqlite", "sqlite"},
    .open = open_sqlite,
    .close = close_sqlite,
    .ready = ready,
    .measure = measure,
    .execute = execute,
    .begin = weft__sqlite_begin,
    .execute_within = weft__sqlite_execute_within,
    .savepoint = weft__sqlite_savepoint,
    .commit = weft__sqlite_commit,
    .rollback = weft__sqlite_rollback,
    .rows_open = weft__sqlite_rows_open,
    .rows_next = weft__sqlite_rows_next,
    .rows_close = weft__sqlite_rows_close,
    .value = value,
    .items = weft__sqlite_items,
    .column_name = column_name,
    .migrate = migrate,
};
