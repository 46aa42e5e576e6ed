/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * weft/migrate.h: numbered SQL files, each applied exactly once, in the order of their numbers. A
 * file is NNNN_name.sql (four digits or more; the name of lower-case letters, digits and '_');
 * NNNN_name.down.sql, if there is one, takes it back. A file is applied in one transaction,
 * together with its row in the table weft_migrations, which keeps the file's text: a file that was
 * edited or removed after it was applied is refused. Processes that race apply each file once.
 *
 * Engines whose files differ each have a folder within the folder, "sqlite" and "postgres".
 *
 * On PostgreSQL a file whose first line is "-- no-transaction" runs without one, statement by
 * statement, for CREATE INDEX CONCURRENTLY and its like.
 */
#ifndef WEFT_MIGRATE_H
#define WEFT_MIGRATE_H

#include <weft/db.h>

#define WEFT_MIGRATION_MAX  (16u << 20) /* bytes of one file at most */
#define WEFT_MIGRATIONS_MAX 100000      /* files in one folder at most */
#define WEFT_MIGRATION_WAIT \
    (10 * WEFT_MINUTE) /* PostgreSQL: for another process that migrates; then WEFT_DB_BUSY */

typedef enum weft_migration_state {
    WEFT_MIGRATION_PENDING,
    WEFT_MIGRATION_APPLIED,
    WEFT_MIGRATION_EDITED,  /* applied, and the file has another text now */
    WEFT_MIGRATION_MISSING, /* applied, and there is no such file */
} weft_migration_state;

typedef struct weft_migration {
    int64_t version;    /* the number in front of the file's name */
    weft_str name;      /* what stands between the number and .sql */
    weft_str file;      /* the file's name, without its folder */
    weft_str sql;       /* its text, or what was applied when there is no file */
    weft_str down_file; /* the file that takes it back, or empty */
    weft_str down;      /* its text */
    weft_migration_state state;
    bool fresh;           /* applied, or taken back, by this very call */
    weft_str applied_at;  /* UTC, e.g. "2026-01-31T12:00:00Z"; empty while pending */
    unsigned edited_line; /* EDITED: the first line that differs */
} weft_migration;
WEFT_ARRAY_OF(weft_migration);

/* Files that "weft migrate embed" has put into the program: an array that ends with an empty one.
 * All texts live as long as the program; `down` may be NULL. */
typedef struct weft_migration_text {
    const char *engine; /* "sqlite", "postgres"; NULL: whichever */
    const char *file;
    const char *sql;
    const char *down;
} weft_migration_text;

/* Applies the files of `folder` that are pending. *list (may be NULL) gets them all, in order, also
 * when one fails: then what went before it stays applied. Everything lives in `arena`.
 * WEFT_DB_FAILED for bad files and bad SQL; weft_db_last_failure() says which file and line. Blocks
 * a plain thread; for start-up and tools. */
weft_db_result weft_migrate_up(weft_database *database, const char *folder, weft_arena *arena,
                               WEFT_ARRAY(weft_migration) *list) WEFT_BEFORE_END(database)
    WEFT_NODISCARD WEFT_NONNULL(1, 2, 3);

/* The same with files that are in the program. */
weft_db_result weft_migrate_embedded(weft_database *database, const weft_migration_text *files,
                                     weft_arena *arena, WEFT_ARRAY(weft_migration) *list)
    WEFT_BEFORE_END(database) WEFT_NODISCARD WEFT_NONNULL(1, 2, 3);

/* Takes back the `count` files that were applied last, the last one first, by their down files.
 * WEFT_DB_FAILED when one has none. */
weft_db_result weft_migrate_down(weft_database *database, const char *folder, unsigned count,
                                 weft_arena *arena, WEFT_ARRAY(weft_migration) *list)
    WEFT_BEFORE_END(database) WEFT_NODISCARD WEFT_NONNULL(1, 2, 4);

/* The files and what became of them; changes nothing. */
weft_db_result weft_migrate_status(weft_database *database, const char *folder, weft_arena *arena,
                                   WEFT_ARRAY(weft_migration) *list) WEFT_BEFORE_END(database)
    WEFT_NODISCARD WEFT_NONNULL(1, 2, 3, 4);

#endif
