/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * db/engine.h: what an engine is to the rest of the room. Everything that does not depend on the
 * engine (which rows are wanted, decoding, failures) stands once, in call.c and row.c; an engine
 * runs a statement and hands its rows over one by one.
 */
#ifndef WEFT_DB_ENGINE_H
#define WEFT_DB_ENGINE_H

#include <weft/advisory.h>
#include <weft/copy.h>
#include <weft/cursor.h>
#include <weft/migrate.h>
#include <weft/pool.h>
#include <weft/subscribe.h>
#include <weft/transaction.h>

#include <stdatomic.h>

#include "db/migration_files.h"

/* One execution of a statement: what is asked, and what came of it. It lives on the stack of the
 * caller, who waits; whoever runs the statement owns it meanwhile. */
typedef struct weft__call {
    const weft_statement *statement;
    const weft_db_value *parameters;
    weft_row_decode_fn *decode; /* NULL: no rows wanted */
    void *into;                 /* one row: what decode fills */
    size_t size;                /* all rows: bytes of an item; 0: one row */
    weft_arena *arena;          /* of the rows; NULL without decode */
    weft_arena *failure_arena;  /* of the failure */

    weft_db_result result;
    weft_db_failure *failure; /* of the result, or NULL */
    char *items;              /* all rows: what was decoded so far */
    size_t count;             /* rows decoded */
    size_t capacity;          /* items there is room for */
    size_t expected;          /* rows that will come, where the engine knows; else 0 */
    int64_t affected;
} weft__call;

typedef struct weft__engine weft__engine;

/* What an engine keeps for a transaction, and for an open cursor; each engine has its own. */
typedef struct weft__session weft__session;
typedef struct weft__rows weft__rows;

/* What the room counts by itself; see weft_database_metrics. */
typedef struct weft__counts {
    atomic_uint_least64_t failures, busy, cancelled, transactions;
} weft__counts;

struct weft_database {
    const weft__engine *engine;    /* engines embed this at the front of their own */
    weft_transaction *transaction; /* NULL; what weft_within answers has one */
    weft__counts counts;           /* of a database itself */
    int64_t slow;                  /* a statement is that takes so long; 0: none is */
    int64_t timeout;               /* of a statement; 0: the engine sees to that */
};

struct weft_row {
    const weft__engine *engine;
    void *at;         /* the engine's cursor */
    weft__call *call; /* for failures */
};

/* A transaction within a transaction is a savepoint, called weft_<depth>, depth 1 the outermost. */
typedef enum weft__savepoint { WEFT__SAVE, WEFT__RELEASE, WEFT__UNDO } weft__savepoint;

/* What only PostgreSQL has; db/stream.c and db/advisory.c check before. Results are recorded in
 * the call. */
typedef struct weft__streams {
    weft_copy *(*copy_begin)(weft_database *database, weft__session *session, const char *sql,
                             weft__call *call);
    void (*copy_write)(weft_copy *copy, weft_str bytes, weft__call *call);
    bool (*copy_read)(weft_copy *copy, weft_str *row, weft__call *call); /* false: at the end */
    void (*copy_end)(weft_copy *copy, bool good, weft__call *call);
    weft_subscription *(*subscribe)(weft_database *database, weft_str channel, weft__call *call);
    void (*next_notice)(weft_subscription *subscription, int64_t deadline, weft_notice *out,
                        weft__call *call);
    void (*unsubscribe)(weft_subscription *subscription);
    /* NULL: the call has failed. */
    weft_advisory *(*lock)(weft_database *database, int64_t key, bool wait, weft__call *call);
    void (*check)(weft_advisory *lock, weft__call *call);
    void (*unlock)(weft_advisory *lock, weft__call *call); /* shielded; the lock is gone */
} weft__streams;

/* All but the calls of a row's columns may wait, as fibers and plain threads do; they end by the
 * deadline of the context and by cancellation. A `call` gets the result, and the failure with it,
 * by weft__call_fail. */
struct weft__engine {
    const char *schemes[2];       /* of its URLs, without the colon */
    const weft__streams *streams; /* NULL: it has none */

    /* NULL with the cause, a clause and what to do, in `why`. Options are never NULL; zero is the
     * default. */
    weft_database *(*open)(const char *url, const weft_database_options *options, char *why,
                           size_t why_size);
    void (*close)(weft_database *database);
    void (*ready)(weft_database *database, weft__call *call);
    void (*measure)(weft_database *database, weft_database_metrics *metrics);

    /* Runs the call by itself and fills its answers. */
    void (*execute)(weft_database *database, weft__call *call);

    /* Takes a connection and begins; NULL: the call has failed. */
    weft__session *(*begin)(weft_database *database, const weft_transaction_options *options,
                            weft__call *call);
    /* Runs the call in the transaction. Never two at once in one session. */
    void (*execute_within)(weft__session *session, weft__call *call);
    void (*savepoint)(weft__session *session, weft__savepoint what, unsigned depth,
                      weft__call *call);
    /* The session is gone afterwards. Rolling back is shielded and leaves nothing open: what cannot
     * be rolled back is disconnected. */
    void (*commit)(weft__session *session, weft__call *call);
    void (*rollback)(weft__session *session);

    /* Begins the call's statement, in the session or, when that is NULL, with a connection of its
     * own; NULL: the call has failed. The parameters are the caller's and gone afterwards. */
    weft__rows *(*rows_open)(weft_database *database, weft__session *session, weft__call *call);
    /* Hands the next row to weft__call_row; call->count stays 0 when there are no more. */
    void (*rows_next)(weft__rows *rows, weft__call *call);
    void (*rows_close)(weft__rows *rows); /* shielded */

    /* The value of a column of the row; its text lives until the row does. A text that there was
     * no memory for is {NULL, length}. An ARRAY comes without its items. */
    weft_db_value (*value)(const weft_row *row, unsigned column);
    /* The items of a column that is an array; WEFT_DB_OK, or why not (and call failed). */
    weft_db_result (*items)(const weft_row *row, unsigned column, weft_arena *arena,
                            weft_db_value *array);
    const char *(*column_name)(const weft_row *row, unsigned column);

    /* See weft__migrator_run. WEFT_DB_OK, or a failure with its text in *why. */
    weft_db_result (*migrate)(weft_database *database, weft__migrations *migrations,
                              weft__migrate_task task, weft_arena *arena, weft_str *why);
};

extern const weft__engine weft__sqlite_engine;
extern const weft__engine weft__postgres_engine; /* when WEFT__POSTGRES is defined */

#define WEFT__WHY_SIZE 512 /* bytes for the cause of a failed opening */

/* weft_database_open_with without the log: the whole message goes to `why`. */
weft_database *weft__database_open(const char *url, const weft_database_options *options, char *why,
                                   size_t why_size) WEFT_NODISCARD;

/* Before each attempt: forgets what an earlier one brought. */
void weft__call_restart(weft__call *call);

/* Whether its lists are not too long; otherwise the call has failed. */
bool weft__call_fits(weft__call *call) WEFT_NODISCARD;

/* The call's result, which its fiber or thread remembers when it is a failure. */
weft_db_result weft__call_result(const weft__call *call);

/* Takes one row; false when no more are wanted, because it was enough or because it failed. */
bool weft__call_row(weft__call *call, const weft_row *row) WEFT_NODISCARD;

/* Runs the call in a transaction. */
void weft__transaction_execute(weft_transaction *tx, weft__call *call);

/* Whether the fiber or thread has a transaction open on this database, of those that may write or,
 * `reading_too`, of any kind. */
bool weft__transaction_is_open(const weft_database *database, bool reading_too);

/* Counts a call that has ended. */
void weft__database_count(weft_database *database, weft_db_result result);

/* The failure that a column holds a value of type `is`, while its field takes `wanted`. */
weft_db_result weft__row_wrong_type(const weft_row *row, unsigned column, weft_db_type is,
                                    const char *wanted) WEFT_COLD;

/* Records why the call fails. The caller may add the constraint to call->failure (NULL when there
 * is no memory). */
void weft__call_fail(weft__call *call, weft_db_result result, int code, const char *format, ...)
    WEFT_PRINTF(4, 5) WEFT_COLD;

#endif
