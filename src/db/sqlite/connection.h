/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * db/sqlite/connection.h: one SQLite connection with its prepared statements. Opened without
 * SQLite's own mutexes: whoever uses it is alone with it, by belonging to one worker or one thread.
 */
#ifndef WEFT_DB_SQLITE_CONNECTION_H
#define WEFT_DB_SQLITE_CONNECTION_H

#include <limits.h>
#include <stdatomic.h>

#include "db/engine.h"
#include "db/sqlite/library.h"

#define WEFT_SQLITE_STATEMENTS 256 /* prepared statements that a connection keeps */
#define WEFT_SQLITE_WAYS       4   /* of these, how many share one place; the oldest goes */
#define WEFT_SQLITE_BUSY_TIMEOUT \
    (5 * WEFT_SECOND)               /* waits this long for locks of other processes */
#define WEFT_SQLITE_CHECK_STEPS 200 /* steps of SQLite's machine between looks at budget or stop */

/* A statement that runs on a worker gets this much time; see engine.c. It also runs on a fiber's
 * stack, where SQLite must not recurse far: a LIKE pattern takes a call for each '%' in it. What
 * goes beyond these limits runs on a reader thread. */
#define WEFT_SQLITE_BUDGET  WEFT_MILLISECOND
#define WEFT_SQLITE_PATTERN 128 /* bytes of a LIKE or GLOB pattern */
#define WEFT_SQLITE_DEPTH   100 /* levels of an expression */

#define WEFT__SQLITE_MEMORY ":memory:" /* the path of a database without a file */

/* How a connection behaves when a statement takes long, or finds a lock. */
typedef enum weft__sqlite_use {
    WEFT__SQLITE_INLINE, /* on a worker: stops at the budget, never waits */
    WEFT__SQLITE_READER, /* on a thread of its own: stops when told to, waits for locks */
    WEFT__SQLITE_WRITER, /* the same, and may write */
} weft__sqlite_use;

typedef struct weft__prepared {
    const weft_statement *of; /* NULL: a free place */
    sqlite3_stmt *statement;
    int *places;   /* SQLite's number of $1, $2, ...; NULL when they are 1, 2, ... */
    unsigned slow; /* runs that must be fast before it may run on a worker again */
} weft__prepared;

#define WEFT__SQLITE_NEVER UINT_MAX /* weft__prepared.slow: never on a worker */

typedef struct weft__sqlite {
    sqlite3 *db;
    weft__sqlite_use use;
    bool deep;                  /* inline: the statement being prepared may recurse on its data */
    atomic_uint_least64_t runs; /* inline: statements run; written by the worker only */
    int64_t until;              /* inline: end of the budget */
    const atomic_int *stop; /* others: the running statement's reason to stop (a weft_db_result) */
    sqlite3_stmt *control[7]; /* our own statements, see enum weft__sqlite_control */
    weft__prepared prepared[WEFT_SQLITE_STATEMENTS]; /* sets of WEFT_SQLITE_WAYS, newest first */
} weft__sqlite;

enum weft__sqlite_control {
    WEFT__SQLITE_BEGIN, /* to write */
    WEFT__SQLITE_BEGIN_READING,
    WEFT__SQLITE_COMMIT,
    WEFT__SQLITE_ROLLBACK,
    WEFT__SQLITE_SAVE,
    WEFT__SQLITE_UNDO, /* back to the savepoint */
    WEFT__SQLITE_RELEASE,
    WEFT__SQLITE_CONTROLS,
};
_Static_assert(WEFT__SQLITE_CONTROLS == 7, "weft__sqlite.control has one place for each");

/* NULL with the cause in `why`: a clause, e.g. "unable to open database file". */
weft__sqlite *weft__sqlite_connect(const char *path, weft__sqlite_use use, char *why,
                                   size_t why_size) WEFT_NODISCARD;
void weft__sqlite_disconnect(weft__sqlite *connection); /* NULL is a no-op */

/* The prepared statement of `statement`, or NULL when this connection has not met it. */
weft__prepared *weft__sqlite_known(weft__sqlite *connection, const weft_statement *statement);

/* The same, prepared when needed. SQLITE_OK or SQLite's code; a failure that SQLite does not know
 * of is recorded in the call and gives SQLITE_MISUSE. */
int weft__sqlite_prepare(weft__sqlite *connection, weft__call *call, weft__prepared **out);

/* A statement of the call's own, with copies of its parameters; the caller finalizes it. SQLite's
 * code, as above. */
int weft__sqlite_prepare_bound(weft__sqlite *connection, weft__call *call, sqlite3_stmt **out);

/* Runs one of our own statements; SQLite's code. */
int weft__sqlite_control(weft__sqlite *connection, enum weft__sqlite_control control);

/* Runs the call's statement once, from preparing to the last row, and leaves its outcome in the
 * call; answers SQLite's code. An inline connection records no failure of SQLite's: the statement
 * is to be run again on a reader thread, whose word is final. */
int weft__sqlite_run(weft__sqlite *connection, weft__call *call);

/* Records in the call what SQLite said last on this connection. */
void weft__sqlite_fail(weft__sqlite *connection, weft__call *call, int code);

#endif
