/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * weft/pool.h: how a database's connections are kept: options, numbers, readiness. What is said of
 * connections is for PostgreSQL; SQLite takes statement_timeout and slow_statement only.
 */
#ifndef WEFT_POOL_H
#define WEFT_POOL_H

#include <weft/db.h>

#define WEFT_DB_CONNECTIONS_MIN   1
#define WEFT_DB_CONNECTIONS_MAX   10
#define WEFT_DB_SHARED            2 /* connections at most that fibers' statements share */
#define WEFT_DB_ACQUIRE_TIMEOUT   (5 * WEFT_SECOND)
#define WEFT_DB_CONNECT_TIMEOUT   (5 * WEFT_SECOND)
#define WEFT_DB_IDLE_TIMEOUT      (10 * WEFT_MINUTE)
#define WEFT_DB_MAX_LIFETIME      (30 * WEFT_MINUTE)
#define WEFT_DB_STATEMENT_TIMEOUT (30 * WEFT_SECOND)
#define WEFT_DB_SLOW_STATEMENT    WEFT_SECOND

/* What a URL may say at most; at least 1. */
#define WEFT_DB_CONNECTIONS_LIMIT 10000
#define WEFT_DB_TIME_LIMIT        (7 * 24 * 60 * WEFT_MINUTE)

typedef enum weft_db_switch {
    WEFT_DB_DETECT,
    WEFT_DB_ON,
    WEFT_DB_OFF,
} weft_db_switch;

/* Zero is the default of each. In a URL each may stand as a parameter of its name, times in
 * milliseconds: "postgres://host/name?max_connections=20&acquire_timeout=500"; but connect_timeout
 * is libpq's there: whole seconds, 0 for no limit. What is given here goes before what the URL
 * says, and that before PGCONNECT_TIMEOUT. */
typedef struct weft_database_options {
    unsigned min_connections; /* WEFT_DB_CONNECTIONS_MIN: kept open */
    unsigned max_connections; /* WEFT_DB_CONNECTIONS_MAX: never more */
    unsigned shared;         /* WEFT_DB_SHARED: of these, for statements by themselves; transactions
                                  and cursors each take one of the others */
    int64_t acquire_timeout; /* WEFT_DB_ACQUIRE_TIMEOUT: waiting for a connection, then BUSY */
    int64_t connect_timeout; /* WEFT_DB_CONNECT_TIMEOUT: opening one, at each host, then AWAY; whole
                                  seconds, rounded up, 2 at least */
    int64_t idle_timeout;    /* WEFT_DB_IDLE_TIMEOUT: unused ones are closed down to the minimum */
    int64_t max_lifetime;    /* WEFT_DB_MAX_LIFETIME: then it is closed as soon as it is unused */
    int64_t statement_timeout; /* WEFT_DB_STATEMENT_TIMEOUT: of each, unless a deadline is sooner */
    int64_t slow_statement; /* WEFT_DB_SLOW_STATEMENT: what takes so long is logged as a warning */
    weft_db_switch pgbouncer; /* statements are not prepared by name; WEFT_DB_DETECT finds out */
    /* URL of a server that follows this one, for statements and cursors that only read, outside of
     * transactions; it has a pool of its own, with the same options. It lags: what must see the
     * latest write reads in a transaction. When it is away the other one is asked. */
    const char *replica;
    /* Runs on each new connection, as `connection`, before anything else does; a failure closes it.
     * On a thread of its own, perhaps on several at once. */
    weft_db_result (*after_connect)(weft_database *connection, void *arg);
    void *after_connect_arg;
} weft_database_options;

/* weft_database_open with options; NULL for the defaults. */
weft_database *weft_database_open_with(const char *url, const weft_database_options *options)
    WEFT_GOES_BY(weft_database_close) WEFT_NODISCARD;

/* Whether a statement would be answered now: WEFT_DB_OK, or why not; a replica alone is not enough.
 * Ends by the deadline. For /readyz. */
weft_db_result weft_database_ready(weft_database *database) WEFT_BEFORE_END(database)
    WEFT_NODISCARD WEFT_NONNULL(1);

/* What a database, with its replica, does now and has done since it was opened. Of SQLite
 * `connections` are those to the file, `waiting` are statements that wait for their turn to
 * write or to read slowly, and what is said of opening and waiting for connections stays zero. */
typedef struct weft_database_metrics {
    unsigned connections; /* open now */
    unsigned idle;        /* of these, unused as of a second ago at most; the others are in use */
    unsigned waiting;     /* fibers and threads that wait for their turn now */
    uint64_t statements;  /* run */
    uint64_t failures;    /* of these, failed; WEFT_DB_NONE is no failure */
    uint64_t transactions;
    uint64_t connects;         /* connections opened, again or for the first time */
    uint64_t connect_failures; /* that could not be opened */
    uint64_t disconnects;      /* connections lost or closed */
    uint64_t busy;             /* refused with WEFT_DB_BUSY */
    uint64_t cancelled;        /* statements stopped by deadline or cancellation */
    uint64_t moved;            /* statements that held up others, and were run anew by themselves */
    uint64_t acquired;         /* waits for a connection that got one */
    uint64_t acquire_time;     /* nanoseconds of all of these waits */
} weft_database_metrics;

void weft_database_measure(weft_database *database, weft_database_metrics *metrics)
    WEFT_BEFORE_END(database) WEFT_NONNULL(1, 2);

#endif
