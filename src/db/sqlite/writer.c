/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * db/sqlite/writer.c: the one thread that writes. What waits in the queue is written in one
 * transaction, each statement in a savepoint of its own, and answered after the commit: an answered
 * statement is in the file, and many cost one commit. Statements that come while a group commits
 * are the next group, so groups grow with the load and nobody waits for company.
 *
 * A transaction of a user's holds the lane: its statements come one by one, and the others wait.
 *
 * When the transaction as a whole is lost (SQLite rolls everything back when a write is
 * interrupted, and a commit fails for a deferred constraint), each statement of the group is run
 * again in a transaction of its own, so that none fails for another's reason.
 */
#include "db/sqlite/database.h"

static bool in_transaction(const weft__sqlite *connection)
{
    return sqlite3_get_autocommit(connection->db) == 0;
}

static void fail(weft__sqlite *connection, weft__job *job, int code)
{
    weft__call_restart(job->call);
    weft__sqlite_fail(connection, job->call, code);
}

/* One statement in a transaction of its own. */
static void write_single(weft__sqlite *connection, weft__job *job)
{
    if (job->call->statement->read_only) {
        weft__sqlite_do(connection, job);
        return;
    }
    connection->stop = &job->stop; /* also while BEGIN waits for another process */
    int code = weft__sqlite_control(connection, WEFT__SQLITE_BEGIN);
    if (code != SQLITE_OK) {
        fail(connection, job, code);
        connection->stop = NULL;
        return;
    }
    weft__sqlite_do(connection, job);
    if (job->call->result == WEFT_DB_OK) {
        code = weft__sqlite_control(connection, WEFT__SQLITE_COMMIT);
        if (code != SQLITE_OK)
            fail(connection, job, code);
    }
    if (in_transaction(connection))
        weft__sqlite_control(connection, WEFT__SQLITE_ROLLBACK);
}

/* One statement of a group; false when the group's transaction is lost. */
static bool write_member(weft__sqlite *connection, weft__job *job)
{
    if (job->call->statement->read_only) {
        weft__sqlite_do(connection, job);
        return in_transaction(connection);
    }
    int code = weft__sqlite_control(connection, WEFT__SQLITE_SAVE);
    if (code != SQLITE_OK) {
        fail(connection, job, code);
        return in_transaction(connection);
    }
    weft__sqlite_do(connection, job);
    if (!in_transaction(connection))
        return false;
    if (job->call->result != WEFT_DB_OK)
        weft__sqlite_control(connection, WEFT__SQLITE_UNDO);
    weft__sqlite_control(connection, WEFT__SQLITE_RELEASE);
    return true;
}

/* Nothing can be written now: everybody who waits hears it. */
static void fail_queue(weft__lane *lane, weft__sqlite *connection, int code)
{
    for (weft__job *job; (job = weft__lane_take(lane, WEFT__LANE_CALL)) != NULL;) {
        fail(connection, job, code);
        weft__lane_answer(lane, job);
    }
}

static void write_group(weft__lane *lane, weft__sqlite *connection)
{
    /* Jobs stay in the queue, where their deadlines still reach them, until the lock is ours. */
    int code = weft__sqlite_control(connection, WEFT__SQLITE_BEGIN);
    if (code != SQLITE_OK) {
        fail_queue(lane, connection, code);
        return;
    }
    weft__job *first = NULL, **end = &first, *job = NULL;
    bool whole = true;
    int64_t until = weft_clock_now() + WEFT_SQLITE_GROUP_TIME;
    for (unsigned i = 0; whole && i < WEFT_SQLITE_GROUP && weft_clock_now() < until; i++) {
        weft__job *next = weft__lane_take(lane, WEFT__LANE_CALL);
        if (next == NULL)
            break;
        *end = job = next;
        end = &job->next;
        whole = write_member(connection, job);
    }
    weft__job *culprit = whole ? NULL : job; /* its failure stands */
    if (whole && weft__sqlite_control(connection, WEFT__SQLITE_COMMIT) == SQLITE_OK) {
        weft__lane_answer(lane, first);
        return;
    }
    if (in_transaction(connection))
        weft__sqlite_control(connection, WEFT__SQLITE_ROLLBACK);
    for (job = first; job != NULL; job = job->next)
        if (job != culprit)
            write_single(connection, job);
    weft__lane_answer(lane, first);
}

void *weft__sqlite_write_main(void *arg)
{
    weft__sqlite_database *database = arg;
    weft__lane *lane = &database->writes;
    while (weft__lane_wait(lane)) {
        weft__job *single = weft__lane_take(lane, WEFT__LANE_SINGLE);
        if (single == NULL) {
            write_group(lane, database->writer);
            continue;
        }
        if (single->call == NULL || single->holder != NULL)
            weft__sqlite_do(database->writer, single);
        else
            write_single(database->writer, single);
        weft__lane_answer(lane, single);
    }
    return NULL;
}
