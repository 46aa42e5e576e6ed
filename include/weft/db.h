/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * weft/db.h: databases: one interface, engines behind it. Users declare statements with SQL(..);
 * what stands here is what the generated code calls, and opening and closing.
 */
#ifndef WEFT_DB_H
#define WEFT_DB_H

#include <weft/value.h>

typedef struct weft_database weft_database;

/* Waits for running statements and closes; no statement may be started any more. Blocks. NULL is a
 * no-op. */
void weft_database_close(weft_database *database) WEFT_ENDS(database);

/* Opens the database that the URL names: "sqlite:path", also "sqlite:///absolute/path"
 * ("sqlite::memory:" for a private one that ends with weft_database_close); "postgres://..." as
 * libpq takes it. Creates a missing SQLite file, not its folder. NULL on failure; the cause, and
 * what to do, has been logged. url NULL or empty is such a failure. Blocks; for start-up. Options:
 * weft/pool.h. */
weft_database *weft_database_open(const char *url) WEFT_GOES_BY(weft_database_close) WEFT_NODISCARD;

#define WEFT_DB_RESULTS(X)                                                   \
    X(OK, 0, "success")                                                      \
    X(NONE, 2000, "no row")                                                  \
    X(UNIQUE, 2001, "a unique constraint is violated")                       \
    X(FOREIGN_KEY, 2002, "a foreign key constraint is violated")             \
    X(CHECK, 2003, "a check constraint is violated")                         \
    X(NOT_NULL, 2004, "a not-null constraint is violated")                   \
    X(BUSY, 2005, "the database is too busy")                                \
    X(AWAY, 2006, "the database cannot be reached")                          \
    X(TIMED_OUT, 2007, "the deadline passed before the statement ended")     \
    X(CANCELLED, 2008, "the fiber was cancelled before the statement ended") \
    X(NO_MEMORY, 2009, "out of memory")                                      \
    X(VALUE, 2010, "a column holds a value that its field cannot")           \
    X(FAILED, 2011, "the statement failed")                                  \
    X(CONFLICT, 2012, "the transaction ran into another one and may be run again")

typedef enum weft_db_result {
#define WEFT__ENUMERATE(name, value, text) WEFT_DB_##name = (value),
    WEFT_DB_RESULTS(WEFT__ENUMERATE)
#undef WEFT__ENUMERATE
} weft_db_result;

#ifdef WEFT_CHECK
#define WEFT_DB_OK 0 /* see WEFT_OK */
#endif

const char *weft_db_result_text(weft_db_result result) WEFT_RETURNS_NONNULL;

/* What the engine said about the last failed statement of this fiber or thread. */
typedef struct weft_db_failure {
    weft_db_result result;
    const char *statement; /* its name */
    weft_str message;      /* the engine's text */
    int code;              /* SQLite's extended result code; PostgreSQL: 0 */
    char sqlstate[6];      /* PostgreSQL's code, e.g. "23505", NUL-terminated; SQLite: empty */
    weft_str table;        /* of a violated constraint, or empty */
    weft_str column;       /* its first column, or empty */
    weft_str constraint;   /* its name, or empty */
    bool in_doubt;         /* the answer was lost: whether it took effect is not known */
    bool pool_full;        /* it was not sent: no connection became free in time */
} weft_db_failure;

/* NULL when nothing failed yet, or there was no memory to say it. WEFT_DB_NONE is not recorded
 * here. Lives in the arena that was current when the statement failed. */
const weft_db_failure *weft_db_last_failure(void);

/* A statement that answers WEFT_DB_OK (or WEFT_DB_NONE) is committed: it survives the end of the
 * process by whatever means. One that fails has changed nothing, unless the failure is in_doubt:
 * then the connection was lost (WEFT_DB_AWAY), or given up after the server had not answered
 * (WEFT_DB_TIMED_OUT, WEFT_DB_CANCELLED), between the sending and the answer. Within a transaction
 * both are said of its commit alone. */

/* ---- for generated code ---------------------------------------------------------------------- */

/* What an engine runs for a statement, as it was checked on that engine. */
typedef struct weft_statement_sqlite {
    const char *sql;
} weft_statement_sqlite;

typedef struct weft_statement_postgres {
    const char *sql;
    const uint32_t *parameter_types; /* OIDs of built-in types; 0: the server says */
    const uint32_t *column_types;    /* the same of the columns */
} weft_statement_postgres;

/* A checked statement: static and constant; its address is its identity in caches. An engine whose
 * facts are NULL refuses it: it was not checked there. When both are, nothing was checked, and each
 * engine runs `sql`. */
typedef struct weft_statement {
    const char *name; /* the prototype's name */
    const char *sql;  /* as it is written */
    const char *file;
    unsigned line;
    unsigned parameters; /* $1 to $n */
    unsigned columns;    /* of the result; 0: none */
    bool read_only;      /* the checker proved that it writes nothing */
    const weft_statement_sqlite *sqlite;
    const weft_statement_postgres *postgres;
} weft_statement;

typedef enum weft_db_type {
    WEFT_DB_NULL,
    WEFT_DB_INTEGER,
    WEFT_DB_REAL,
    WEFT_DB_TEXT,
    WEFT_DB_BLOB,
    WEFT_DB_BOOL,
    WEFT_DB_TIMESTAMP,
    WEFT_DB_DATE,
    WEFT_DB_UUID,
    WEFT_DB_DECIMAL,
    WEFT_DB_JSON,
    WEFT_DB_ARRAY,
} weft_db_type;

/* A parameter or column. PostgreSQL converts to the type that the statement wants, and refuses what
 * does not fit. For SQLite a BOOL is 0 or 1, an ARRAY a text in JSON (for json_each), and the
 * others from TIMESTAMP on are their texts. */
typedef struct weft_db_value {
    weft_db_type type;
    weft_db_type element; /* ARRAY: what its items are; any of them may be NULL instead */
    union {
        int64_t integer;
        double real;
        weft_str text; /* TEXT, BLOB, DECIMAL, JSON; must live until the call returns */
        bool boolean;
        weft_timestamp timestamp;
        weft_date date;
        weft_uuid uuid;
        struct {
            const struct weft_db_value *at;
            size_t len;
        } items; /* ARRAY */
    };
} weft_db_value;

/* A row while it is decoded; valid only inside the decode function. */
typedef struct weft_row weft_row;

bool weft_row_null(const weft_row *row, unsigned column);
/* Each answers WEFT_DB_OK, or WEFT_DB_VALUE when the column is NULL, has another type or does not
 * fit; the failure names the column. An integer is a double when it is exact; a bool is also the
 * integer 0 or 1; a str takes text, JSON and blobs, copied into `arena` (WEFT_DB_NO_MEMORY). */
weft_db_result weft_row_i64(const weft_row *row, unsigned column, int64_t min, int64_t max,
                            int64_t *out) WEFT_NODISCARD;
weft_db_result weft_row_u64(const weft_row *row, unsigned column, uint64_t max, uint64_t *out)
    WEFT_NODISCARD;
weft_db_result weft_row_double(const weft_row *row, unsigned column, double *out) WEFT_NODISCARD;
weft_db_result weft_row_bool(const weft_row *row, unsigned column, bool *out) WEFT_NODISCARD;
weft_db_result weft_row_str(const weft_row *row, unsigned column, weft_arena *arena, weft_str *out)
    WEFT_NODISCARD;

/* Also from a TEXT, as JSON has them; bytes are a BLOB or any text's bytes. A timestamp is also
 * "2026-01-31 12:00:00", which SQLite's CURRENT_TIMESTAMP gives and which is UTC; a UUID also a
 * BLOB of 16 bytes; a decimal also an integer. */
weft_db_result weft_row_timestamp(const weft_row *row, unsigned column, weft_timestamp *out)
    WEFT_NODISCARD;
weft_db_result weft_row_date(const weft_row *row, unsigned column, weft_date *out) WEFT_NODISCARD;
weft_db_result weft_row_uuid(const weft_row *row, unsigned column, weft_uuid *out) WEFT_NODISCARD;
weft_db_result weft_row_decimal(const weft_row *row, unsigned column, weft_arena *arena,
                                weft_decimal *out) WEFT_NODISCARD;
weft_db_result weft_row_bytes(const weft_row *row, unsigned column, weft_arena *arena,
                              weft_bytes *out) WEFT_NODISCARD;

/* The items of an array (PostgreSQL) or of a text that is a JSON array of scalars (SQLite), as a
 * row of `count` columns for the functions above. Lives in `arena`. */
weft_db_result weft_row_items(const weft_row *row, unsigned column, weft_arena *arena,
                              const weft_row **items, unsigned *count) WEFT_NODISCARD;

/* Writes the text of a timestamp as databases get it, always with nine digits after the point, so
 * that texts sort as times do; the bytes written at `to` (WEFT_TIMESTAMP_SIZE of room). */
size_t weft_db_timestamp(weft_timestamp time, char *to);

/* Records that the column's value is wrong in a way that the functions above do not know; `why`
 * is a clause, "holds no colour". WEFT_DB_VALUE. */
weft_db_result weft_row_refuse(const weft_row *row, unsigned column, const char *why) WEFT_COLD;

/* Fills *into from one row. Runs on whatever thread ran the statement, while the fiber waits, and
 * possibly again from the first row when the statement had to be run anew; it only reads the row
 * and writes *into and the arena. */
typedef weft_db_result weft_row_decode_fn(const weft_row *row, weft_arena *arena, void *into);

#define WEFT_DB_LIST_MAX 1000000 /* items of a list that is a parameter; more is WEFT_DB_FAILED */

/* The three below may suspend a fiber and block a plain thread. They end by the deadline
 * (WEFT_DB_TIMED_OUT) and by cancellation; at most WEFT_DB_QUEUE statements of a database wait for
 * their turn to write, and as many to read slowly: beyond it is WEFT_DB_BUSY at once. */
#define WEFT_DB_QUEUE 4096

/* One row: WEFT_DB_OK, or WEFT_DB_NONE. `parameters` has statement->parameters values. Further rows
 * are not fetched. */
weft_db_result weft_db_one(weft_database *database, const weft_statement *statement,
                           const weft_db_value *parameters, weft_arena *arena,
                           weft_row_decode_fn *decode, void *into) WEFT_BEFORE_END(database)
    WEFT_NODISCARD;

/* All rows, as an array in `arena` of items of `size` bytes; none is WEFT_DB_OK with *count 0. */
#define WEFT_DB_ROWS_MAX 1000000 /* rows of one result; more is WEFT_DB_FAILED */
weft_db_result weft_db_all(weft_database *database, const weft_statement *statement,
                           const weft_db_value *parameters, weft_arena *arena,
                           weft_row_decode_fn *decode, size_t size, void **items, size_t *count)
    WEFT_BEFORE_END(database) WEFT_NODISCARD;

/* No rows wanted; *affected (may be NULL) is the number of rows inserted, changed or deleted. */
weft_db_result weft_db_run(weft_database *database, const weft_statement *statement,
                           const weft_db_value *parameters, int64_t *affected)
    WEFT_BEFORE_END(database) WEFT_NODISCARD;

#endif
