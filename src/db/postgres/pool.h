/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * db/postgres/pool.h: an open PostgreSQL database: its connections, who has them, and who wants
 * one.
 *
 * Protocol. Each worker that runs statements has a lane: connections that belong to it, and fibers
 * that wait for one. In the steady state a lane uses what it has, and touches nothing shared. The
 * number of connections is bounded over the process: the pool counts them (`open`) under its lock.
 * A lane whose waiters cannot be served, because there are as many connections as there may be,
 * puts itself into the line of those who want one, and posts its task to the other lanes; these
 * give away what is idle, and let a shared connection run dry when nothing is. A connection given
 * away goes to the first in the line, over the lane's `given` list and task. Plain threads take
 * connections that belong to nobody (`spare`), or stand in the same line. Who wants a connection
 * for himself needs leave as well, see alone.c.
 */
#ifndef WEFT_DB_POSTGRES_POOL_H
#define WEFT_DB_POSTGRES_POOL_H

#include <pthread.h>
#include <stdatomic.h>

#include <weft/runtime.h>

#include "db/postgres/connection.h"

#define WEFT_POSTGRES_DEPTH    64 /* statements at most that are sent on one shared connection */
#define WEFT_POSTGRES_GROW     8  /* so many, and another connection is shared */
#define WEFT_POSTGRES_TRIES    4  /* runs of a statement that fails for reasons not its own */
#define WEFT_POSTGRES_SLOW     (5 * WEFT_MILLISECOND)   /* a statement is slow that takes longer */
#define WEFT_POSTGRES_SLOW_MAX (320 * WEFT_MILLISECOND) /* what one run counts at most */
/* A statement on a shared connection that takes longer than this while others wait behind it is
 * cancelled, and run anew on a connection of its own. */
#define WEFT_POSTGRES_PATIENCE (20 * WEFT_MILLISECOND)
#define WEFT_POSTGRES_TICK     (10 * WEFT_MILLISECOND) /* how often that is looked at */
#define WEFT_POSTGRES_UPKEEP   WEFT_SECOND /* how often unused connections are looked at */
/* A cancelled statement that has not ended after the first is cancelled again, and after the
 * second its connection is closed. */
#define WEFT_POSTGRES_CANCEL_AGAIN (50 * WEFT_MILLISECOND)
#define WEFT_POSTGRES_CANCEL_GRACE (2 * WEFT_SECOND)
/* The pause before the server is tried again, doubled after each failure up to the second. */
#define WEFT_POSTGRES_BACKOFF     (50 * WEFT_MILLISECOND)
#define WEFT_POSTGRES_BACKOFF_MAX WEFT_SECOND

/* Who wants a connection: a lane, or a plain thread. Under the pool's lock. */
typedef struct weft__pg_wanter {
    struct weft__pg_wanter *next;
    bool listed;
    struct weft__pg_lane *lane; /* NULL: a plain thread, which waits for `freed` */
    weft__pg_connection *given; /* a list */
} weft__pg_wanter;

typedef struct weft__pg_counters {
    _Atomic uint64_t statements; /* of plain threads, and of lanes that are closed */
    _Atomic uint64_t moved, connects, connect_failures, disconnects, acquired, acquire_time;
} weft__pg_counters;

typedef struct weft__pg {
    weft_database base;
    weft_database_options options; /* all of them set */
    char *url;                     /* for libpq */
    struct weft__pg *replica;      /* for statements that only read, or NULL */
    weft__pg_counters counters;
    atomic_bool unnamed;            /* behind a pooler: nothing is prepared by name */
    _Atomic unsigned wanting;       /* the length of the line */
    _Atomic unsigned alone;         /* connections that somebody has, or will have, for himself */
    _Atomic unsigned alone_wanting; /* lanes that wait until there may be more of them */
    _Atomic unsigned waiting;       /* fibers and threads */

    pthread_mutex_t lock; /* of what follows */
    pthread_cond_t freed;
    unsigned open;                 /* connections, with those being opened */
    weft__pg_wanter *first, *last; /* the line */
    weft__pg_connection *spare;    /* idle, and nobody's */
    struct weft__pg_lane *lanes[WEFT_WORKERS_MAX];
    struct weft__pg_lane *alone_first, *alone_last; /* the line, see alone.c */
    int64_t retry_at; /* the server is not tried again before; 0: it can be reached */
    int64_t backoff;
    char cause[WEFT__WHY_SIZE]; /* why it could not be reached */
    atomic_bool closing;
} weft__pg;

/* The database that the hook for new connections gets: all its statements run on this one. */
typedef struct weft__pg_hook {
    weft_database base;
    weft__pg_connection *connection;
} weft__pg_hook;

extern const weft__engine weft__pg_hook_engine;

/* How many connections may be used alone at once, and how many a lane shares. */
unsigned weft__pg_alone_max(const weft__pg *pool);
unsigned weft__pg_shared_max(const weft__pg *pool);

void weft__pg_alone_end(weft__pg *pool); /* somebody needs no connection for himself any more */

/* What a statement needs. */
typedef enum weft__pg_use { WEFT__PG_SHARE, WEFT__PG_OWN } weft__pg_use;

/* A connection, to send one statement on it at once (SHARE: not to be touched when that is
 * answered), or until it is released (OWN). Waits. NULL: the call has failed. */
weft__pg_connection *weft__pg_acquire(weft__pg *pool, weft__pg_use use, weft__call *call);
void weft__pg_release(weft__pg_connection *connection);

/* ---- waiting (wait.c) ------------------------------------------------------------------------ */

/* Sends the job and waits until it is answered. When the waiter's time is over, or it is cancelled,
 * the statement is cancelled on the server first. */
void weft__pg_run(weft__pg_connection *connection, weft__pg_job *job);

/* The same of a text without parameters, `shielded` as clean-up is. */
void weft__pg_run_text(weft__pg_connection *connection, weft__call *call, const char *text,
                       bool shielded);

/* Has the first statement of the connection cancelled, from a thread of the blocking pool. Holds
 * the connection meanwhile. In a fiber of its worker, or on the thread that has it. */
void weft__pg_cancel(weft__pg_connection *connection);

/* Moves the first statement of a shared connection to one of its own: on the worker's loop. */
void weft__pg_move_first(weft__pg_connection *connection);

/* ---- the pool (pool.c) ----------------------------------------------------------------------- */

typedef enum weft__pg_permit {
    WEFT__PG_MAY_OPEN, /* it is counted already */
    WEFT__PG_TAKE,     /* a spare one */
    WEFT__PG_FULL,
} weft__pg_permit;

/* Asks for one more connection. */
weft__pg_permit weft__pg_ask(weft__pg *pool, weft__pg_connection **spare) WEFT_NODISCARD;

/* Puts the wanter into the line and has the others look what they can give. */
void weft__pg_want(weft__pg *pool, weft__pg_wanter *wanter);
void weft__pg_unwant(weft__pg *pool, weft__pg_wanter *wanter);

/* Gives a connection that is nobody's to the first in the line, or makes it a spare one. */
void weft__pg_give(weft__pg *pool, weft__pg_connection *connection);

/* A connection was closed, or could not be opened: the first in the line may open one. */
void weft__pg_closed(weft__pg *pool);

/* Opens a connection; blocks. NULL with the cause in `why`. */
weft__pg_connection *weft__pg_connect(weft__pg *pool, char *why, size_t why_size);

/* Notes how that went; how long until the next try is in the pool. */
void weft__pg_connected(weft__pg *pool);
void weft__pg_not_connected(weft__pg *pool, const char *why);

void weft__pg_fail_away(weft__pg *pool, weft__call *call);
/* No connection came in that time: WEFT_DB_BUSY or _TIMED_OUT, or away if that is why. */
void weft__pg_fail_waiting(weft__pg *pool, weft__call *call, weft_db_result result, int64_t waited);

/* Counts a wait for a connection. */
void weft__pg_acquired(weft__pg *pool, bool granted, int64_t waited);

/* Of plain threads. */
weft__pg_connection *weft__pg_thread_acquire(weft__pg *pool, weft__call *call);
void weft__pg_thread_release(weft__pg_connection *connection);

/* ---- a lane (lane.c) ------------------------------------------------------------------------- */

/* Its last job has been answered: it may be used for something else, given away, or closed. */
void weft__pg_drained(weft__pg_connection *connection);

/* Takes the lane from its worker; its clean connections become spare ones. The caller frees it. */
void weft__pg_lane_close(struct weft__pg_lane *lane);
void weft__pg_lane_wake(struct weft__pg_lane *lane); /* from anywhere, under the pool's lock */

#endif
