/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * db/sqlite/migrations.h: migrations on an open SQLite connection. Needs base and SQLite only;
 * weftgen applies a project's migrations to a database in memory with it.
 */
#ifndef WEFT_DB_SQLITE_MIGRATIONS_H
#define WEFT_DB_SQLITE_MIGRATIONS_H

#include "db/migration_files.h"
#include "db/sqlite/library.h"

/* As weft__migrator_run. No transaction may be open. WEFT_DB_OK, or a failure with a whole sentence
 * in *why: "folder/file:line: ..." when SQL failed. A busy handler, if wanted, is the connection's.
 */
weft_db_result weft__sqlite_migrate(sqlite3 *db, weft__migrations *migrations,
                                    weft__migrate_task task, weft_arena *arena, weft_str *why)
    WEFT_NODISCARD;

#endif
