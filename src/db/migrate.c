/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * db/migrate.c: migrations of a database, whatever its engine.
 */
#include "db/engine.h"

static weft_db_result migrate(weft_database *database, const char *folder, weft_arena *arena,
                              WEFT_ARRAY(weft_migration) *list, bool status_only)
{
    static const weft_statement up = {.name = "weft_migrate_up"};
    static const weft_statement status = {.name = "weft_migrate_status"};
    weft__migrations migrations;
    weft_str why = {0};
    weft_db_result result = weft__migrations_read(folder, arena, &migrations, &why);
    if (result == WEFT_DB_OK)
        result = database->engine->migrate(database, &migrations, status_only, arena, &why);
    if (list != NULL)
        *list = (WEFT_ARRAY(weft_migration)){migrations.at, migrations.len};
    if (result != WEFT_DB_OK) {
        weft__call call = {.statement = status_only ? &status : &up,
                           .failure_arena = weft_arena_current()};
        weft__call_fail(&call, result, 0, "%.*s", WEFT_STR_ARGS(why));
        return weft__call_result(&call);
    }
    return result;
}

weft_db_result weft_migrate_up(weft_database *database, const char *folder, weft_arena *arena,
                               WEFT_ARRAY(weft_migration) *list)
{
    return migrate(database, folder, arena, list, false);
}

weft_db_result weft_migrate_status(weft_database *database, const char *folder, weft_arena *arena,
                                   WEFT_ARRAY(weft_migration) *list)
{
    return migrate(database, folder, arena, list, true);
}
