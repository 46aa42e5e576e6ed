/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * db/migrator.h: applying and taking back migrations, whatever the engine. Needs base only; weftgen
 * uses it too.
 */
#ifndef WEFT_DB_MIGRATOR_H
#define WEFT_DB_MIGRATOR_H

#include "db/migration_files.h"

typedef struct weft__migrator weft__migrator;

/* What an engine does on a connection that nobody else uses. Each but exists answers WEFT_DB_OK, or
 * a failure with a whole sentence in *m->why. */
typedef struct weft__migrator_engine {
    bool lone; /* other processes are kept away; a file may do without transaction */
    bool (*exists)(weft__migrator *m); /* the table weft_migrations */
    weft_db_result (*create)(weft__migrator *m);
    /* Hands the table's rows of the versions `from` to `to` to weft__migrator_found. */
    weft_db_result (*read)(weft__migrator *m, int64_t from, int64_t to);
    weft_db_result (*begin)(weft__migrator *m);
    weft_db_result (*commit)(weft__migrator *m);
    void (*rollback)(weft__migrator *m);
    /* Runs the statements of a file, one by one; a failure is said by weft__migrator_fail_at. */
    weft_db_result (*run)(weft__migrator *m, weft_str file, weft_str sql);
    /* Of the file that has just run: what its transaction must not leave behind. NULL: nothing. */
    weft_db_result (*check)(weft__migrator *m, const weft_migration *migration);
    /* Writes the migration's row, and its applied_at into the list; takes the row away. */
    weft_db_result (*record)(weft__migrator *m, weft_migration *migration);
    weft_db_result (*erase)(weft__migrator *m, const weft_migration *migration);
} weft__migrator_engine;

struct weft__migrator {
    const weft__migrator_engine *engine;
    void *connection;
    weft__migrations *migrations;
    weft_arena *arena;
    weft_str *why;
};

/* Compares the files with the table and fills in their states; what was applied and has no file is
 * added to the list. Then applies what is pending, or takes back what was applied last, each
 * file in a transaction of its own; refuses everything when a file was edited or is missing. */
weft_db_result weft__migrator_run(weft__migrator *m, weft__migrate_task task) WEFT_NODISCARD;

/* ---- for engines ----------------------------------------------------------------------------- */

/* A row of the table; the views need to live during the call only. */
weft_db_result weft__migrator_found(weft__migrator *m, int64_t version, weft_str name, weft_str sql,
                                    weft_str applied_at) WEFT_NODISCARD;

/* The failure of a statement at this byte of a file. */
weft_db_result weft__migrator_fail_at(weft__migrator *m, weft_str file, weft_str sql, size_t offset,
                                      const char *message);

/* Any other failure, printf-like. */
weft_db_result weft__migrator_fail(weft__migrator *m, const char *format, ...) WEFT_PRINTF(2, 3);
weft_db_result weft__migrator_no_memory(weft__migrator *m);

#endif
