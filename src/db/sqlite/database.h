/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * db/sqlite/database.h: an open SQLite database: who runs its statements.
 */
#ifndef WEFT_DB_SQLITE_DATABASE_H
#define WEFT_DB_SQLITE_DATABASE_H

#include "db/sqlite/connection.h"
#include "db/sqlite/lane.h"

#define WEFT_SQLITE_WORKERS 256 /* workers with a connection of their own; others use the lane */
#define WEFT_SQLITE_TURNS   32  /* statements on a worker after which it serves other fibers */
#define WEFT_SQLITE_SLOW_RUNS \
    64 /* fast runs in a row that bring a slow statement back to workers */
#define WEFT_SQLITE_GROUP      256                    /* statements in one commit at most */
#define WEFT_SQLITE_GROUP_TIME (2 * WEFT_MILLISECOND) /* a group is closed when it took this long */

typedef struct weft__sqlite_database {
    weft_database base;
    char *path;
    bool memory;          /* no file: one connection does everything */
    weft__sqlite *writer; /* used by the thread of `writes` only */
    weft__lane writes;    /* one thread */
    weft__lane reads;     /* threads for slow reads, and for the reads of plain threads */
    weft__sqlite
        *of_worker[WEFT_SQLITE_WORKERS]; /* each touched by its worker only; NULL: not yet */
} weft__sqlite_database;

void *weft__sqlite_write_main(void *database); /* the thread of `writes` */
void *weft__sqlite_read_main(void *database);  /* the threads of `reads` */

#endif
