/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * db/sqlite/database.h: an open SQLite database: who runs its statements.
 */
#ifndef WEFT_DB_SQLITE_DATABASE_H
#define WEFT_DB_SQLITE_DATABASE_H

#include <weft/sync.h>

#include "db/sqlite/connection.h"
#include "db/sqlite/lane.h"

#define WEFT_SQLITE_WORKERS 256 /* workers with a connection of their own; others use the lane */
#define WEFT_SQLITE_TURNS   32  /* statements on a worker after which it serves other fibers */
#define WEFT_SQLITE_SLOW_RUNS \
    64 /* fast runs in a row that bring a slow statement back to workers */
#define WEFT_SQLITE_GROUP      256                    /* statements in one commit at most */
#define WEFT_SQLITE_GROUP_TIME (2 * WEFT_MILLISECOND) /* a group is closed when it took this long */

#define WEFT_SQLITE_SESSIONS 16 /* connections for read-only transactions and cursors at most */

typedef struct weft__sqlite_database {
    weft_database base;
    char *path;
    bool memory;             /* no file: one connection does everything */
    weft__sqlite *writer;    /* used by the thread of `writes` only */
    weft__lane writes;       /* one thread */
    weft__lane reads;        /* threads for slow reads, and for the reads of plain threads */
    weft_semaphore sessions; /* permits for connections of sessions */
    pthread_mutex_t spares_lock;
    unsigned spare_count;
    weft__sqlite *spares[WEFT_SQLITE_SESSIONS]; /* such connections that nobody uses */
    /* Each made and used by its worker only; NULL: not yet. Others count them. */
    _Atomic(weft__sqlite *) of_worker[WEFT_SQLITE_WORKERS];
} weft__sqlite_database;

/* Hands the job in and waits; a failure to do so is the call's. */
weft_db_result weft__sqlite_submit(weft__lane *lane, weft__job *job, weft__call *call);

/* Does a job, on the connection that it names or else on this one. */
void weft__sqlite_do(weft__sqlite *connection, weft__job *job);

void *weft__sqlite_write_main(void *database); /* the thread of `writes` */
void *weft__sqlite_read_main(void *database);  /* the threads of `reads` */

#endif
