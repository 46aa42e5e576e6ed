/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * db/sqlite/session.h: a connection that a transaction or cursor has for itself. What writes has
 * the writer's: its thread does nothing else until the session ends. What only reads has one of
 * WEFT_SQLITE_SESSIONS connections, and the reader threads do its work.
 */
#ifndef WEFT_DB_SQLITE_SESSION_H
#define WEFT_DB_SQLITE_SESSION_H

#include "db/sqlite/database.h"

struct weft__session {
    weft__sqlite_database *database;
    weft__sqlite *connection;
    weft__lane *lane;   /* whose threads use the connection */
    const void *holder; /* itself while it holds the lane, or NULL */
    bool read_only;
    bool closing; /* what is done now goes before others, and no full queue refuses it */
};

/* A session without a transaction, for reading. Of a database in memory it has the writer's
 * connection, which others use in between. NULL: the call has failed. */
weft__session *weft__sqlite_session_open(weft__sqlite_database *database, weft__call *call);
void weft__sqlite_session_close(weft__session *session);

/* Has `task` run on a thread that may use the session's connection, and waits for it. False: it was
 * not run, and never will be, and the call has failed. */
typedef void weft__sqlite_task(weft__sqlite *connection, void *arg);
bool weft__sqlite_session_do(weft__session *session, weft__sqlite_task *task, void *arg,
                             weft__call *call) WEFT_NODISCARD;

/* Fails what would wait for a transaction of its own fiber. */
void weft__sqlite_refuse_second(weft__call *call) WEFT_COLD;

/* What the engine offers; see db/engine.h. */
weft__session *weft__sqlite_begin(weft_database *database, const weft_transaction_options *options,
                                  weft__call *call);
void weft__sqlite_execute_within(weft__session *session, weft__call *call);
void weft__sqlite_savepoint(weft__session *session, weft__savepoint what, unsigned depth,
                            weft__call *call);
void weft__sqlite_commit(weft__session *session, weft__call *call);
void weft__sqlite_rollback(weft__session *session);

weft__rows *weft__sqlite_rows_open(weft_database *database, weft__session *session,
                                   weft__call *call);
void weft__sqlite_rows_next(weft__rows *rows, weft__call *call);
void weft__sqlite_rows_close(weft__rows *rows);

#endif
