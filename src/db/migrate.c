/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * db/migrate.c: migrations of a database, whatever its engine and wherever the files are.
 */
#include "db/engine.h"
#include "runtime/hold.h"

/* What is to be done, and with what. */
typedef struct migrating {
    const char *name; /* of the function that was called */
    const char *folder;
    const weft_migration_text *embedded; /* or NULL */
    weft__migrate_task task;
} migrating;

static weft_db_result read_files(const weft_database *database, const migrating *order,
                                 weft_arena *arena, weft__migrations *migrations, weft_str *why)
{
    *migrations = (weft__migrations){0};
    const char *engine = database->engine->schemes[0];
    if (order->embedded != NULL)
        return weft__migrations_embedded(order->embedded, engine, arena, migrations, why);
    const char *folder = weft__migrations_folder(order->folder, engine, arena);
    if (folder == NULL)
        return WEFT_DB_NO_MEMORY;
    return weft__migrations_read(folder, arena, migrations, why);
}

static weft_db_result migrate(weft_database *database, const migrating *order, weft_arena *arena,
                              WEFT_ARRAY(weft_migration) *list)
{
    WEFT__HOLD_WORKER();
    const weft_statement statement = {.name = order->name};
    weft__migrations migrations;
    weft_str why = {0};
    weft_db_result result = read_files(database, order, arena, &migrations, &why);
    if (result == WEFT_DB_OK)
        result = database->engine->migrate(database, &migrations, order->task, arena, &why);
    if (list != NULL)
        *list = (WEFT_ARRAY(weft_migration)){migrations.at, migrations.len};
    if (result == WEFT_DB_OK)
        return result;
    weft__call call = {.statement = &statement, .failure_arena = weft_arena_current()};
    weft__call_fail(&call, result, 0, "%.*s", WEFT_STR_ARGS(why));
    return weft__call_result(&call);
}

weft_db_result weft_migrate_up(weft_database *database, const char *folder, weft_arena *arena,
                               WEFT_ARRAY(weft_migration) *list)
{
    return migrate(database,
                   &(migrating){.name = __func__, .folder = folder, .task = {WEFT__MIGRATE_UP}},
                   arena, list);
}

weft_db_result weft_migrate_embedded(weft_database *database, const weft_migration_text *files,
                                     weft_arena *arena, WEFT_ARRAY(weft_migration) *list)
{
    return migrate(database,
                   &(migrating){.name = __func__, .embedded = files, .task = {WEFT__MIGRATE_UP}},
                   arena, list);
}

weft_db_result weft_migrate_down(weft_database *database, const char *folder, unsigned count,
                                 weft_arena *arena, WEFT_ARRAY(weft_migration) *list)
{
    return migrate(
        database,
        &(migrating){.name = __func__, .folder = folder, .task = {WEFT__MIGRATE_DOWN, count}},
        arena, list);
}

weft_db_result weft_migrate_status(weft_database *database, const char *folder, weft_arena *arena,
                                   WEFT_ARRAY(weft_migration) *list)
{
    return migrate(database,
                   &(migrating){.name = __func__, .folder = folder, .task = {WEFT__MIGRATE_STATUS}},
                   arena, list);
}
