/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * db/sqlite/connection.c: opening, settings, the handlers that keep a statement from running or
 * waiting too long.
 */
#include "db/sqlite/connection.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

/* synchronous=NORMAL in WAL mode: a commit is in the file system's cache when it is answered, so it
 * survives the end of the process; a power loss may take the last commits, not the consistency. */
static const char common_settings[] = "PRAGMA foreign_keys=ON; PRAGMA synchronous=NORMAL;";
/* The query reads the schema now, while nothing limits its time. */
static const char reader_settings[] = "PRAGMA query_only=ON; SELECT 1 FROM sqlite_schema LIMIT 0;";

static const char *const controls[WEFT__SQLITE_CONTROLS] = {
    [WEFT__SQLITE_BEGIN] = "BEGIN IMMEDIATE", [WEFT__SQLITE_BEGIN_READING] = "BEGIN",
    [WEFT__SQLITE_COMMIT] = "COMMIT",         [WEFT__SQLITE_ROLLBACK] = "ROLLBACK",
    [WEFT__SQLITE_SAVE] = "SAVEPOINT weft",   [WEFT__SQLITE_UNDO] = "ROLLBACK TO weft",
    [WEFT__SQLITE_RELEASE] = "RELEASE weft",
};

/* Ends an inline statement when its budget is used up. */
static int over_budget(void *arg)
{
    const weft__sqlite *connection = arg;
    return weft_clock_now() > connection->until;
}

static bool told_to_stop(const weft__sqlite *connection)
{
    return connection->stop != NULL &&
           atomic_load_explicit(connection->stop, memory_order_relaxed) != WEFT_DB_OK;
}

static int stopped(void *arg)
{
    return told_to_stop(arg);
}

/* Waits a moment for another process' lock, for `tries` moments so far; 0 gives up. */
static int wait_for_lock(void *arg, int tries)
{
    const struct timespec moment = {.tv_nsec = WEFT_MILLISECOND};
    if (told_to_stop(arg) || tries >= WEFT_SQLITE_BUSY_TIMEOUT / WEFT_MILLISECOND)
        return 0;
    nanosleep(&moment, NULL);
    return 1;
}

/* False when the file stays in another journal mode, where readers and the writer block each other.
 * SQLite does not ask the busy handler when processes race for the change of mode, so we do. */
static bool enter_wal(weft__sqlite *connection, bool memory, int *code)
{
    sqlite3_stmt *pragma;
    *code = sqlite3_prepare_v2(connection->db, "PRAGMA journal_mode=WAL", -1, &pragma, NULL);
    if (*code != SQLITE_OK)
        return false;
    for (int tries = 0;
         ((*code = sqlite3_step(pragma)) & 0xff) == SQLITE_BUSY && wait_for_lock(connection, tries);
         tries++)
        sqlite3_reset(pragma);
    bool wal = *code == SQLITE_ROW &&
               (memory || strcmp((const char *)sqlite3_column_text(pragma, 0), "wal") == 0);
    sqlite3_finalize(pragma);
    return wal;
}

/* JSON is parsed by recursion, up to 2000 levels deep: too far for a fiber's stack. Notes the use
 * of JSON functions and tables; permits everything. */
static int note_depth(void *arg, int action, const char *table, const char *function,
                      const char *database, const char *trigger)
{
    (void)database, (void)trigger;
    weft__sqlite *connection = arg;
    const char *name = action == SQLITE_FUNCTION ? function : action == SQLITE_READ ? table : NULL;
    if (name != NULL && (strncmp(name, "json", 4) == 0 || strncmp(name, "->", 2) == 0))
        connection->deep = true;
    return SQLITE_OK;
}

/* What keeps a statement short, on a worker and elsewhere. */
static void set_limits(weft__sqlite *connection)
{
    bool on_worker = connection->use == WEFT__SQLITE_INLINE;
    sqlite3_progress_handler(connection->db, WEFT_SQLITE_CHECK_STEPS,
                             on_worker ? over_budget : stopped, connection);
    if (!on_worker)
        return;
    sqlite3_limit(connection->db, SQLITE_LIMIT_LIKE_PATTERN_LENGTH, WEFT_SQLITE_PATTERN);
    sqlite3_limit(connection->db, SQLITE_LIMIT_EXPR_DEPTH, WEFT_SQLITE_DEPTH);
    sqlite3_set_authorizer(connection->db, note_depth, connection);
}

static bool configure(weft__sqlite *connection, bool memory, char *why, size_t why_size)
{
    sqlite3 *db = connection->db;
    int code = SQLITE_OK;
    if (connection->use != WEFT__SQLITE_INLINE)
        sqlite3_busy_handler(db, wait_for_lock, connection);
    if (connection->use == WEFT__SQLITE_WRITER && !enter_wal(connection, memory, &code)) {
        snprintf(why, why_size, "%s",
                 code == SQLITE_ROW ? "its file system has no shared memory, which the write-ahead "
                                      "log needs; use a local one"
                                    : sqlite3_errmsg(db));
        return false;
    }
    code = sqlite3_exec(db, common_settings, NULL, NULL, NULL);
    if (code == SQLITE_OK && connection->use != WEFT__SQLITE_WRITER)
        code = sqlite3_exec(db, reader_settings, NULL, NULL, NULL);
    if (code != SQLITE_OK)
        snprintf(why, why_size, "%s", sqlite3_errmsg(db));
    set_limits(connection);
    return code == SQLITE_OK;
}

static void explain_open(sqlite3 *db, char *why, size_t why_size)
{
    int number = sqlite3_system_errno(db);
    if (number == 0)
        snprintf(why, why_size, "%s", sqlite3_errmsg(db));
    else
        snprintf(why, why_size, "%s (%s)", sqlite3_errmsg(db), strerrordesc_np(number));
}

weft__sqlite *weft__sqlite_connect(const char *path, weft__sqlite_use use, char *why,
                                   size_t why_size)
{
    int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
    if (use == WEFT__SQLITE_WRITER)
        flags |= SQLITE_OPEN_CREATE;
    weft__sqlite *connection = calloc(1, sizeof(*connection));
    if (connection == NULL) {
        snprintf(why, why_size, "out of memory");
        return NULL;
    }
    connection->use = use;
    if (sqlite3_open_v2(path, &connection->db, flags, NULL) != SQLITE_OK) {
        explain_open(connection->db, why, why_size);
        goto disconnect;
    }
    if (!configure(connection, strcmp(path, WEFT__SQLITE_MEMORY) == 0, why, why_size))
        goto disconnect;
    return connection;

disconnect:
    weft__sqlite_disconnect(connection);
    return NULL;
}

void weft__sqlite_disconnect(weft__sqlite *connection)
{
    if (connection == NULL)
        return;
    for (size_t i = 0; i < WEFT_SQLITE_STATEMENTS; i++) {
        sqlite3_finalize(connection->prepared[i].statement);
        free(connection->prepared[i].places);
    }
    for (size_t i = 0; i < WEFT__SQLITE_CONTROLS; i++)
        sqlite3_finalize(connection->control[i]);
    sqlite3_close(connection->db);
    free(connection);
}

int weft__sqlite_control(weft__sqlite *connection, enum weft__sqlite_control control)
{
    sqlite3_stmt **statement = &connection->control[control];
    int code = SQLITE_OK;
    if (*statement == NULL)
        code = sqlite3_prepare_v3(connection->db, controls[control], -1, SQLITE_PREPARE_PERSISTENT,
                                  statement, NULL);
    if (code != SQLITE_OK)
        return code;
    code = sqlite3_step(*statement);
    sqlite3_reset(*statement);
    return code == SQLITE_DONE ? SQLITE_OK : code;
}
