/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * db/engine.h: what an engine is to the rest of the room. Everything that does not depend on the
 * engine (which rows are wanted, decoding, failures) stands once, in call.c and row.c; an engine
 * runs a statement and hands its rows over one by one.
 */
#ifndef WEFT_DB_ENGINE_H
#define WEFT_DB_ENGINE_H

#include <weft/db.h>
#include <weft/migrate.h>

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
    int64_t affected;
} weft__call;

typedef struct weft__engine weft__engine;

struct weft_database {
    const weft__engine *engine; /* engines embed this at the front of their own */
};

struct weft_row {
    const weft__engine *engine;
    void *at;         /* the engine's cursor */
    weft__call *call; /* for failures */
};

struct weft__engine {
    const char *scheme; /* of its URLs, without the colon */

    /* `rest` is the URL after the colon. NULL with the cause, a clause and what to do, in `why`. */
    weft_database *(*open)(const char *rest, char *why, size_t why_size);
    void (*close)(weft_database *database);

    /* Runs the call and fills its answers; ends by the deadline of the context. */
    void (*execute)(weft_database *database, weft__call *call);

    /* The value of a column of the row; its text lives until the row does. A text that there was
     * no memory for is {NULL, length}. */
    weft_db_value (*value)(const weft_row *row, unsigned column);
    const char *(*column_name)(const weft_row *row, unsigned column);

    /* Applies what is pending (and says so in the files), or, `status_only`, looks; both compare.
     * WEFT_DB_OK, or a failure with its text in *why. */
    weft_db_result (*migrate)(weft_database *database, weft__migrations *migrations,
                              bool status_only, weft_arena *arena, weft_str *why);
};

extern const weft__engine weft__sqlite_engine;

#define WEFT__WHY_SIZE 512 /* bytes for the cause of a failed opening */

/* weft_database_open without the log: the whole message goes to `why`. */
weft_database *weft__database_open(const char *url, char *why, size_t why_size) WEFT_NODISCARD;

/* Before each attempt: forgets what an earlier one brought. */
void weft__call_restart(weft__call *call);

/* Takes one row; false when no more are wanted, because it was enough or because it failed. */
bool weft__call_row(weft__call *call, const weft_row *row) WEFT_NODISCARD;

/* The failure that a column holds a value of type `is`, while its field takes `wanted`. */
weft_db_result weft__row_wrong_type(const weft_row *row, unsigned column, weft_db_type is,
                                    const char *wanted) WEFT_COLD;

/* Records why the call fails. The caller may add the constraint to call->failure (NULL when there
 * is no memory). */
void weft__call_fail(weft__call *call, weft_db_result result, int code, const char *format, ...)
    WEFT_PRINTF(4, 5) WEFT_COLD;

#endif
