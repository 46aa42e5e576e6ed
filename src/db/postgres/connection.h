/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * db/postgres/connection.h: one connection to a server, in libpq's pipeline mode: what was sent and
 * is not answered yet, and the statements that are prepared on it.
 *
 * Protocol. A connection belongs to a worker (`lane`) and is touched on that worker only, or to the
 * plain thread that has taken it from the pool (`lane` is NULL). A job lies on the stack of who
 * waits for it, from the sending until it is answered, whatever happens; so nobody leaves before
 * the answer. `holds` counts the fibers that are at work on the connection otherwise: as long as
 * there are any, or jobs, it is not closed.
 */
#ifndef WEFT_DB_POSTGRES_CONNECTION_H
#define WEFT_DB_POSTGRES_CONNECTION_H

#include "db/engine.h"
#include "db/postgres/libpq.h"
#include "runtime/reactor.h"

#define WEFT__PG_PREPARED  256 /* statements that a connection keeps prepared */
#define WEFT__PG_WAYS      4   /* of these, how many share one place; the oldest goes */
#define WEFT__PG_NAME_SIZE 34  /* bytes of a prepared statement's name, with its NUL */

/* SQLSTATEs that the engine itself has to do with. */
#define WEFT__PG_CANCELLED        "57014"
#define WEFT__PG_NOT_PREPARED     "26000"
#define WEFT__PG_PREPARED_ALREADY "42P05"

typedef struct weft__pg_prepared {
    const weft_statement *of; /* NULL: a free place */
    char name[WEFT__PG_NAME_SIZE];
} weft__pg_prepared;

typedef struct weft__pg_job {
    struct weft__pg_job *next; /* sent after it */
    weft__call *call;
    const char *text;     /* what is run instead of the call's statement */
    bool with_parameters; /* the text has those of the statement */
    weft_fiber *fiber;    /* parked for the answer, or NULL */
    unsigned steps;       /* results that come before the statement's own */
    bool keep;            /* the result is handed over instead of decoded */
    bool patient;         /* the statement timeout does not count */
    bool commits;         /* it changes something, for good as soon as the server has done it */
    bool answered;
    bool again;          /* it has changed nothing, and may be run anew */
    weft_db_result stop; /* why its waiter wants no more; WEFT_DB_OK: it waits */
    int64_t took;        /* nanoseconds from its turn to its answer */
    PGresult *result;    /* when kept; NULL: there is none */
} weft__pg_job;

struct weft__pg;
struct weft__pg_lane;

typedef struct weft__pg_connection {
    PGconn *pg;
    struct weft__pg *pool;
    struct weft__pg_lane *lane;               /* NULL: no worker's */
    struct weft__pg_connection *next, **link; /* among those of its lane, or of nobody */
    weft__source source;
    weft__pg_job *first, *last; /* sent, oldest first */
    enum { WEFT__PG_IDLE, WEFT__PG_SHARED, WEFT__PG_ALONE } mode;
    unsigned depth; /* shared: statements sent, and about to be */
    unsigned holds;
    bool blocked;     /* shared: takes no more until it is drained */
    bool cancelled;   /* a cancellation was sent that may strike whatever runs */
    bool lost;        /* the server is gone, or what it says is not understood */
    bool spent;       /* is closed instead of being used again */
    bool hooked;      /* the hook for new connections has it */
    unsigned cursors; /* named so far */
    int64_t since;    /* the first job's turn began */
    int64_t idle_since;
    int64_t expires;             /* the end of its lifetime */
    weft__pg_prepared *prepared; /* sets of WEFT__PG_WAYS, newest first */
} weft__pg_connection;

/* Takes over an open connection of libpq's; NULL without memory, and `pg` is left alone. */
weft__pg_connection *weft__pg_connection_create(struct weft__pg *pool, PGconn *pg);
void weft__pg_connection_destroy(weft__pg_connection *connection); /* without jobs and holds */

/* Sends the job's statement, with all that has to go before it. False: the call has failed, and
 * nothing was sent. */
bool weft__pg_send(weft__pg_connection *connection, weft__pg_job *job) WEFT_NODISCARD;

/* Reads what has come and answers jobs. */
void weft__pg_pump(weft__pg_connection *connection);

/* Whether bytes that have come were not read yet. */
bool weft__pg_has_unread(const weft__pg_connection *connection);

/* Gives up the connection: every job is answered with WEFT_DB_AWAY, for this reason. */
void weft__pg_lose(weft__pg_connection *connection, const char *why);

/* Whether it may be used again: the protocol's own word, without asking. */
bool weft__pg_is_clean(const weft__pg_connection *connection);

/* ---- prepared statements (prepare.c) --------------------------------------------------------- */

/* Appends what prepares the statement, unless it is; *name is what it is to be run by, or NULL when
 * it is not to be prepared by name. False: the call has failed. */
bool weft__pg_prepare(weft__pg_connection *connection, weft__pg_job *job, const char **name)
    WEFT_NODISCARD;
void weft__pg_forget(weft__pg_connection *connection, const weft_statement *statement);
void weft__pg_forget_all(weft__pg_connection *connection);

/* The statement's text for PostgreSQL; NULL: it was checked for another engine only. */
const char *weft__pg_sql(const weft_statement *statement);
const uint32_t *weft__pg_parameter_types(const weft_statement *statement); /* or NULL */

/* ---- results (result.c) ---------------------------------------------------------------------- */

typedef struct weft__pg_row {
    const PGresult *result;
    int at;
} weft__pg_row;

weft_db_value weft__pg_value(const weft_row *row, unsigned column);
weft_db_result weft__pg_items(const weft_row *row, unsigned column, weft_arena *arena,
                              weft_db_value *array);
const char *weft__pg_column_name(const weft_row *row, unsigned column);

/* Hands the rows over to the call, or records why it failed. */
void weft__pg_take_result(weft__pg_job *job, PGresult *result);

/* Whether the result has the columns that the statement was checked with; otherwise the call has
 * failed. */
bool weft__pg_is_as_checked(weft__call *call, const PGresult *result);

/* Records in the call what the server says (failure.c). */
void weft__pg_fail(weft__call *call, const PGresult *result) WEFT_COLD;

/* Records that there will be no answer; when `in_doubt`, it is not known what happened. */
void weft__pg_fail_unanswered(weft__call *call, weft_db_result result, bool in_doubt,
                              const char *why) WEFT_COLD;

#endif
