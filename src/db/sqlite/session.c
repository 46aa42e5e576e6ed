/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * db/sqlite/session.c: connections of their own, and transactions on them. A session's connection
 * is used by the thread that does the session's present job and by no other: its owner waits
 * meanwhile.
 */
#include "db/sqlite/session.h"

#include <weft/runtime.h>

#include <stdio.h>
#include <stdlib.h>

/* ---- connections that only read -------------------------------------------------------------- */

static void fail_waiting(weft__call *call, weft_error error)
{
    if (error == WEFT_CANCELLED)
        weft__call_fail(call, WEFT_DB_CANCELLED, 0, "%s", weft_db_result_text(WEFT_DB_CANCELLED));
    else
        weft__call_fail(call, WEFT_DB_TIMED_OUT, 0,
                        "the deadline passed while all %d connections for transactions and cursors "
                        "were in use",
                        WEFT_SQLITE_SESSIONS);
}

static weft__sqlite *take_spare(weft__sqlite_database *database)
{
    pthread_mutex_lock(&database->spares_lock);
    weft__sqlite *spare = database->spare_count ? database->spares[--database->spare_count] : NULL;
    pthread_mutex_unlock(&database->spares_lock);
    return spare;
}

static void put_spare(weft__sqlite_database *database, weft__sqlite *connection)
{
    pthread_mutex_lock(&database->spares_lock);
    database->spares[database->spare_count++] = connection;
    pthread_mutex_unlock(&database->spares_lock);
}

typedef struct connecting {
    weft__session *session;
    weft__call *call;
} connecting;

static void connect_session(weft__sqlite *none, void *arg)
{
    (void)none;
    connecting *c = arg;
    char why[WEFT__WHY_SIZE];
    weft__session *session = c->session;
    session->connection = weft__sqlite_connect(session->database->path, WEFT__SQLITE_READER, why,
                                               sizeof why);
    if (session->connection == NULL)
        weft__call_fail(c->call, WEFT_DB_AWAY, 0, "%s", why);
}

/* A connection for the session, from a permit on. */
static bool connect_reader(weft__session *session, weft__call *call)
{
    weft__sqlite_database *database = session->database;
    weft_error error = weft_semaphore_acquire(&database->sessions, 1, WEFT_NEVER);
    if (error != WEFT_OK) {
        fail_waiting(call, error);
        return false;
    }
    session->connection = take_spare(database);
    if (session->connection != NULL)
        return true;
    connecting c = {session, call};
    if (weft__sqlite_session_do(session, connect_session, &c, call) && session->connection != NULL)
        return true;
    (void)!weft_semaphore_release(&database->sessions, 1);
    return false;
}

static weft__session *new_session(weft__sqlite_database *database, weft__call *call)
{
    weft__session *session = malloc(sizeof(*session));
    if (session == NULL) {
        weft__call_fail(call, WEFT_DB_NO_MEMORY, 0, "no memory for a session");
        return NULL;
    }
    *session = (weft__session){
        .database = database, .connection = database->writer, .lane = &database->writes};
    return session;
}

weft__session *weft__sqlite_session_open(weft__sqlite_database *database, weft__call *call)
{
    weft__session *session = new_session(database, call);
    if (session == NULL || database->memory)
        return session;
    *session = (weft__session){.database = database, .lane = &database->reads};
    if (connect_reader(session, call))
        return session;
    free(session);
    return NULL;
}

void weft__sqlite_session_close(weft__session *session)
{
    weft__sqlite_database *database = session->database;
    if (session->lane == &database->reads) {
        put_spare(database, session->connection);
        (void)!weft_semaphore_release(&database->sessions, 1);
    }
    free(session);
}

/* Whether a transaction of this very fiber keeps the session's lane: of a database in memory. */
static bool waits_for_itself(const weft__session *session)
{
    return session->holder == NULL && session->lane == &session->database->writes &&
           weft__transaction_is_open(&session->database->base, session->database->memory);
}

bool weft__sqlite_session_do(weft__session *session, weft__sqlite_task *task, void *arg,
                             weft__call *call)
{
    if (WEFT_UNLIKELY(waits_for_itself(session))) {
        weft__sqlite_refuse_second(call);
        return false;
    }
    const void *holder = session->closing ? session : session->holder;
    weft__job job = {.alone = task, .arg = arg, .on = session->connection, .holder = holder};
    return weft__sqlite_submit(session->lane, &job, call) == WEFT_DB_OK;
}

/* ---- transactions ---------------------------------------------------------------------------- */

typedef struct step {
    weft__session *session;
    weft__call *call;
    const char *sql;
} step;

static bool in_transaction(const weft__sqlite *connection)
{
    return sqlite3_get_autocommit(connection->db) == 0;
}

static bool control(weft__sqlite *connection, enum weft__sqlite_control what, weft__call *call)
{
    int code = weft__sqlite_control(connection, what);
    if (code != SQLITE_OK)
        weft__sqlite_fail(connection, call, code);
    return code == SQLITE_OK;
}

static void begin_writing(weft__sqlite *connection, void *arg)
{
    step *s = arg;
    if (!control(connection, WEFT__SQLITE_BEGIN, s->call))
        return;
    s->session->holder = s->session;
    weft__lane_hold(s->session->lane, s->session);
}

static void begin_reading(weft__sqlite *connection, void *arg)
{
    step *s = arg;
    (void)control(connection, WEFT__SQLITE_BEGIN_READING, s->call);
}

void weft__sqlite_refuse_second(weft__call *call)
{
    weft__call_fail(call, WEFT_DB_FAILED, 0,
                    "a transaction of this fiber holds the only connection that writes, and this "
                    "would wait for it: run it within the transaction");
}

weft__session *weft__sqlite_begin(weft_database *base, const weft_transaction_options *options,
                                  weft__call *call)
{
    weft__sqlite_database *database = (weft__sqlite_database *)base;
    bool reads = options->read_only && !database->memory;
    if (!reads && weft__transaction_is_open(base, database->memory)) {
        weft__sqlite_refuse_second(call);
        return NULL;
    }
    weft__session *session = reads ? weft__sqlite_session_open(database, call)
                                   : new_session(database, call);
    if (session == NULL)
        return NULL;
    session->read_only = options->read_only;
    step s = {session, call, NULL};
    if (weft__sqlite_session_do(session, reads ? begin_reading : begin_writing, &s, call) &&
        call->result == WEFT_DB_OK)
        return session;
    weft__sqlite_session_close(session);
    return NULL;
}

void weft__sqlite_execute_within(weft__session *session, weft__call *call)
{
    if (session->read_only && !call->statement->read_only) {
        weft__call_fail(call, WEFT_DB_FAILED, 0, "it writes, but the transaction is read only");
        return;
    }
    weft__job job = {.call = call, .on = session->connection, .holder = session->holder};
    (void)weft__sqlite_submit(session->lane, &job, call);
}

static void run_step(weft__sqlite *connection, void *arg)
{
    step *s = arg;
    int code = sqlite3_exec(connection->db, s->sql, NULL, NULL, NULL);
    if (code != SQLITE_OK)
        weft__sqlite_fail(connection, s->call, code);
}

void weft__sqlite_savepoint(weft__session *session, weft__savepoint what, unsigned depth,
                            weft__call *call)
{
    static const char *const words[] = {
        [WEFT__SAVE] = "SAVEPOINT", [WEFT__RELEASE] = "RELEASE", [WEFT__UNDO] = "ROLLBACK TO"};
    char sql[64];
    int len = snprintf(sql, sizeof sql, "%s weft_%u", words[what], depth);
    if (what == WEFT__UNDO)
        snprintf(sql + len, sizeof sql - (size_t)len, "; RELEASE weft_%u", depth);
    step s = {session, call, sql};
    (void)!weft__sqlite_session_do(session, run_step, &s, call);
}

/* Leaves nothing open, and lets others have the lane. */
static void roll_back(weft__sqlite *connection, void *arg)
{
    step *s = arg;
    if (in_transaction(connection))
        weft__sqlite_control(connection, WEFT__SQLITE_ROLLBACK);
    if (s->session->holder != NULL)
        weft__lane_hold(s->session->lane, NULL);
}

static void commit(weft__sqlite *connection, void *arg)
{
    step *s = arg;
    (void)control(connection, WEFT__SQLITE_COMMIT, s->call);
    roll_back(connection, arg);
}

/* Also when the deadline has passed, and on the reader threads when there is none to be had. */
static void end_by_rollback(weft__session *session)
{
    static const weft_statement rollback = {.name = "rollback"};
    weft__call call = {.statement = &rollback, .failure_arena = weft_arena_current()};
    step s = {session, &call, NULL};
    weft_shield shield = weft_shield_begin();
    if (!weft__sqlite_session_do(session, roll_back, &s, &call))
        roll_back(session->connection, &s);
    weft_shield_end(shield);
}

void weft__sqlite_commit(weft__session *session, weft__call *call)
{
    step s = {session, call, NULL};
    if (!weft__sqlite_session_do(session, commit, &s, call))
        end_by_rollback(session);
    weft__sqlite_session_close(session);
}

void weft__sqlite_rollback(weft__session *session)
{
    end_by_rollback(session);
    weft__sqlite_session_close(session);
}
