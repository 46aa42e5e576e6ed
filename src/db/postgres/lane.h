/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * db/postgres/lane.h: what one worker has of a PostgreSQL database: its connections, the fibers
 * that wait for one, and how long each statement takes. Touched on the worker only, but for
 * `wanter`, `woken` and what is in the line for leave, see pool.h.
 */
#ifndef WEFT_DB_POSTGRES_LANE_H
#define WEFT_DB_POSTGRES_LANE_H

#include "db/postgres/pool.h"

#define WEFT__PG_SPEEDS 512 /* statements whose speed a lane remembers; a power of two */

/* A fiber that waits for a connection. On its stack. */
typedef struct weft__pg_wait {
    struct weft__pg_wait *next, **link;
    weft_fiber *fiber;
    weft__pg_connection *granted;
    bool away; /* there will be none: the server is away */
} weft__pg_wait;

typedef struct weft__pg_waits {
    weft__pg_wait *first, **end;
    unsigned count;
} weft__pg_waits;

typedef struct weft__pg_speed {
    const weft_statement *of;
    int64_t average; /* of what its runs take; newer ones count more */
    bool known;      /* it has run */
    bool measuring;  /* its first run goes on */
    bool own;        /* is not plain, see word.h: always has a connection of its own */
    bool control;
    bool setting; /* its connection is not used again */
} weft__pg_speed;

typedef struct weft__pg_lane {
    weft__pg *pool;
    unsigned worker;
    struct weft__pg_lane *sibling; /* of another database on this worker */
    weft__pg_connection *connections;
    unsigned opening;        /* connections on their way */
    weft__pg_waits waits[2]; /* by weft__pg_use */
    unsigned leaves;         /* to use a connection alone, that its waiters will take */
    weft__timer timer;
    bool busy; /* the timer runs at the tick, else at the upkeep */
    bool closed;
    weft__pg_wanter wanter;
    struct weft__pg_lane *alone_next; /* these three under the pool's lock, see alone.c */
    bool alone_listed;
    unsigned alone_given;
    weft__task task;
    atomic_bool woken;     /* the task is posted */
    _Atomic unsigned idle; /* connections, as of the last look */
    _Atomic uint64_t statements;
    weft__pg_speed speeds[WEFT__PG_SPEEDS];
} weft__pg_lane;

/* The lane of this worker, made when there is none; NULL without memory. */
weft__pg_lane *weft__pg_lane_here(weft__pg *pool);

/* The same; NULL also on plain threads. */
static inline weft__pg_lane *weft__pg_lane_or_null(weft__pg *pool)
{
    return weft_fiber_current() ? weft__pg_lane_here(pool) : NULL;
}

/* Serves those who wait with what there is, and gets more when that is not enough. */
void weft__pg_lane_serve(weft__pg_lane *lane);

/* ---- leave to use a connection alone (alone.c) ----------------------------------------------- */

/* For one connection, until weft__pg_alone_end. */
bool weft__pg_alone_take(weft__pg_lane *lane) WEFT_NODISCARD;

/* As much as fibers wait for: takes what there is, gives back what is too much, and waits for the
 * rest. */
void weft__pg_alone_settle(weft__pg_lane *lane);

/* ---- the speed of statements (speed.c) ------------------------------------------------------- */

/* What is known of the statement. The place may be another statement's after a wait. */
weft__pg_speed *weft__pg_speed_of(weft__pg_lane *lane, const weft_statement *statement);

/* What the statement's next run should have. */
weft__pg_use weft__pg_use_of(weft__pg_lane *lane, const weft_statement *statement);

/* The statement has run for so many nanoseconds; below 0: it has not run. */
void weft__pg_learn(weft__pg_lane *lane, const weft_statement *statement, int64_t took);

#endif
