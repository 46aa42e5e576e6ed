/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * db/postgres/migrations.h: migrations on a PostgreSQL connection of their own.
 */
#ifndef WEFT_DB_POSTGRES_MIGRATIONS_H
#define WEFT_DB_POSTGRES_MIGRATIONS_H

#include "db/migration_files.h"

/* As weft__migrator_run, on a new connection to `url` that ends with it; blocks. Other processes
 * are kept away by an advisory lock of the session: it goes with the connection, whatever happens.
 */
weft_db_result weft__pg_migrate(const char *url, weft__migrations *migrations,
                                weft__migrate_task task, weft_arena *arena, weft_str *why)
    WEFT_NODISCARD;

#endif
