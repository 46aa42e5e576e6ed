/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * weft/db.h: databases: one interface, engines behind it. Users declare statements with SQL(..);
 * what stands here is what the generated code calls, and opening and closing.
 */
#ifndef WEFT_DB_H
#define WEFT_DB_H

#include <weft/arena.h>

typedef struct weft_database weft_database;

/* Opens the database that the URL names: "sqlite:path" ("sqlite::memory:" for a private one that
 * ends with the process). Creates a missing SQLite file. NULL on failure; the cause, and what to
 * do, has been logged. url NULL or empty is such a failure. Blocks; for start-up. */
weft_database *weft_database_open(const char *url) WEFT_NODISCARD;

/* Waits for running statements and closes. NULL is a no-op. */
void weft_database_close(weft_database *database);

#define WEFT_DB_RESULTS(X)                                                \
    X(OK, 0, "success")                                                   \
    X(NONE, 2000, "no row")                                               \
    X(UNIQUE, 2001, "a unique constraint is violated")                    \
    X(FOREIGN_KEY, 2002, "a foreign key constraint is violated")          \
    X(CHECK, 2003, "a check constraint is violated")                      \
    X(NOT_NULL, 2004, "a not-null constraint is violated")                \
    X(BUSY, 2005, "the database stayed busy until the deadline")          \
    X(AWAY, 2006, "the database cannot be reached")                       \
    X(TIMED_OUT, 2007, "the deadline passed while the statement ran")     \
    X(CANCELLED, 2008, "the fiber was cancelled while the statement ran") \
    X(NO_MEMORY, 2009, "out of memory")                                   \
    X(VALUE, 2010, "a column holds a value that its field cannot")        \
    X(FAILED, 2011, "the statement failed")

typedef enum weft_db_result {
#define WEFT__ENUMERATE(name, value, text) WEFT_DB_##name = (value),
    WEFT_DB_RESULTS(WEFT__ENUMERATE)
#undef WEFT__ENUMERATE
} weft_db_result;

const char *weft_db_result_text(weft_db_result result) WEFT_RETURNS_NONNULL;

/* What the engine said about the last failed statement of this fiber or thread. */
typedef struct weft_db_failure {
    weft_db_result result;
    const char *statement; /* its name */
    weft_str message;      /* the engine's text */
    int code;              /* the engine's own code (SQLite: extended result code) */
    weft_str table;        /* of a violated constraint, or empty */
    weft_str column;       /* its first column, or empty */
    weft_str constraint;   /* its name, or empty */
} weft_db_failure;

/* NULL when nothing failed yet. Lives in the current arena. */
const weft_db_failure *weft_db_last_failure(void);

/* ---- for generated code ---------------------------------------------------------------------- */

/* A checked statement: static and constant; its address is its identity in caches. */
typedef struct weft_statement {
    const char *name; /* the prototype's name */
    const char *sql;
    const char *file;
    unsigned line;
    unsigned parameters;
    unsigned columns;
    bool read_only; /* the checker proved that it writes nothing */
} weft_statement;

typedef enum weft_db_type {
    WEFT_DB_NULL,
    WEFT_DB_INTEGER,
    WEFT_DB_REAL,
    WEFT_DB_TEXT,
    WEFT_DB_BLOB
} weft_db_type;

typedef struct weft_db_value {
    weft_db_type type;
    union {
        int64_t integer;
        double real;
        weft_str text; /* TEXT and BLOB; must live until the call returns */
    };
} weft_db_value;

/* A row while it is decoded; valid only inside the decode function. */
typedef struct weft_row weft_row;

bool weft_row_null(const weft_row *row, unsigned column);
/* Each answers WEFT_DB_OK, or WEFT_DB_VALUE when the column is NULL, has another type or does not
 * fit; the failure names the column. Strings are copied into `arena` (WEFT_DB_NO_MEMORY). */
weft_db_result weft_row_i64(const weft_row *row, unsigned column, int64_t min, int64_t max,
                            int64_t *out);
weft_db_result weft_row_u64(const weft_row *row, unsigned column, uint64_t max, uint64_t *out);
weft_db_result weft_row_double(const weft_row *row, unsigned column, double *out);
weft_db_result weft_row_bool(const weft_row *row, unsigned column, bool *out);
weft_db_result weft_row_str(const weft_row *row, unsigned column, weft_arena *arena, weft_str *out);

/* Fills *into from one row. Runs on whatever thread ran the statement, while the fiber waits; it
 * only reads the row and writes *into and the arena. */
typedef weft_db_result weft_row_decode_fn(const weft_row *row, weft_arena *arena, void *into);

/* One row: WEFT_DB_OK, or WEFT_DB_NONE. `parameters` has statement->parameters values. Further rows
 * are not fetched. All of these suspend. */
weft_db_result weft_db_one(weft_database *database, const weft_statement *statement,
                           const weft_db_value *parameters, weft_arena *arena,
                           weft_row_decode_fn *decode, void *into) WEFT_NODISCARD;

/* All rows, as an array in `arena` of items of `size` bytes. */
#define WEFT_DB_ROWS_MAX 1000000 /* rows of one result; more is WEFT_DB_FAILED */
weft_db_result weft_db_all(weft_database *database, const weft_statement *statement,
                           const weft_db_value *parameters, weft_arena *arena,
                           weft_row_decode_fn *decode, size_t size, void **items, size_t *count)
    WEFT_NODISCARD;

/* No rows wanted; *affected (may be NULL) is the number of rows changed. */
weft_db_result weft_db_run(weft_database *database, const weft_statement *statement,
                           const weft_db_value *parameters, int64_t *affected) WEFT_NODISCARD;

#endif
