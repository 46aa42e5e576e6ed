/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * db/migrator.c: see migrator.h. Each file runs in a transaction, and whether it is still pending
 * is asked anew inside: of processes that race, one applies it and the others see that.
 */
#include "db/migrator.h"
#include "base/format.h"

#include <inttypes.h>

#define NO_TRANSACTION "-- no-transaction" /* the first line of a file that does without */

weft_db_result weft__migrator_fail(weft__migrator *m, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    *m->why = weft__arena_vprintf(m->arena, format, arguments);
    va_end(arguments);
    return WEFT_DB_FAILED;
}

weft_db_result weft__migrator_no_memory(weft__migrator *m)
{
    *m->why = WEFT_STR("out of memory");
    return WEFT_DB_NO_MEMORY;
}

static unsigned line_of(weft_str text, size_t offset)
{
    unsigned line = 1;
    for (size_t i = 0; i < offset && i < text.len; i++)
        line += text.at[i] == '\n';
    return line;
}

weft_db_result weft__migrator_fail_at(weft__migrator *m, weft_str file, weft_str sql, size_t offset,
                                      const char *message)
{
    return weft__migrator_fail(m, "%s/%.*s:%u: %s", m->migrations->folder, WEFT_STR_ARGS(file),
                               line_of(sql, offset), message);
}

/* ---- what was applied ------------------------------------------------------------------------ */

static weft_migration *find(const weft__migrations *migrations, int64_t version)
{
    for (size_t i = 0; i < migrations->len; i++)
        if (migrations->at[i].version == version)
            return &migrations->at[i];
    return NULL;
}

/* The row is of this file: whether the file is still what was applied. */
static void compare(weft_migration *migration, weft_str applied)
{
    size_t same = 0;
    while (same < applied.len && same < migration->sql.len &&
           applied.at[same] == migration->sql.at[same])
        same++;
    bool equal = same == applied.len && same == migration->sql.len;
    migration->state = equal ? WEFT_MIGRATION_APPLIED : WEFT_MIGRATION_EDITED;
    migration->edited_line = equal ? 0 : line_of(migration->sql, same);
}

/* The row has no file: a place for it at the end of the list. */
static weft_migration *add_missing(weft__migrator *m, int64_t version, weft_str name, weft_str sql)
{
    weft__migrations *migrations = m->migrations;
    weft_migration *grown = WEFT_NEW_ARRAY(m->arena, weft_migration, migrations->len + 1);
    if (grown == NULL)
        return NULL;
    if (migrations->len != 0)
        memcpy(grown, migrations->at, migrations->len * sizeof(*grown));
    weft_migration *missing = &grown[migrations->len];
    *missing = (weft_migration){.version = version, .state = WEFT_MIGRATION_MISSING};
    missing->file = weft_arena_printf(m->arena, "%04" PRId64 "_%.*s.sql", version,
                                      WEFT_STR_ARGS(name));
    if (missing->file.at == NULL || !weft_arena_copy(m->arena, name, &missing->name) ||
        !weft_arena_copy(m->arena, sql, &missing->sql))
        return NULL;
    migrations->at = grown;
    migrations->len++;
    return missing;
}

weft_db_result weft__migrator_found(weft__migrator *m, int64_t version, weft_str name, weft_str sql,
                                    weft_str applied_at)
{
    weft_migration *migration = find(m->migrations, version);
    if (migration != NULL)
        compare(migration, sql);
    else
        migration = add_missing(m, version, name, sql);
    if (migration == NULL || !weft_arena_copy(m->arena, applied_at, &migration->applied_at))
        return weft__migrator_no_memory(m);
    return WEFT_DB_OK;
}

static weft_db_result read_applied(weft__migrator *m, int64_t from, int64_t to)
{
    weft_db_result result = m->engine->read(m, from, to);
    weft__migrations_sort(m->migrations);
    return result;
}

static weft_db_result status(weft__migrator *m)
{
    return m->engine->exists(m) ? read_applied(m, 0, INT64_MAX) : WEFT_DB_OK;
}

static weft_db_result refuse_changes(weft__migrator *m)
{
    for (size_t i = 0; i < m->migrations->len; i++) {
        const weft_migration *migration = &m->migrations->at[i];
        if (migration->state == WEFT_MIGRATION_EDITED)
            return weft__migrator_fail(m,
                                       "%s/%s:%u: edited after it was applied; put it back and "
                                       "write a new migration instead",
                                       m->migrations->folder, migration->file.at,
                                       migration->edited_line);
        if (migration->state == WEFT_MIGRATION_MISSING)
            return weft__migrator_fail(m, "%s/%s was applied, but the file is missing",
                                       m->migrations->folder, migration->file.at);
    }
    return WEFT_DB_OK;
}

/* ---- applying -------------------------------------------------------------------------------- */

/* The first line says so, and the engine can. */
static bool wants_no_transaction(const weft__migrator *m, weft_str sql)
{
    const weft_str note = WEFT_STR(NO_TRANSACTION);
    return m->engine->lone && weft_str_starts_with(sql, note) &&
           (sql.len == note.len || sql.at[note.len] == '\n' || sql.at[note.len] == '\r');
}

static weft_db_result apply_open(weft__migrator *m, weft_migration *migration)
{
    /* Another process may have been faster since we looked. */
    WEFT_TRY(read_applied(m, migration->version, migration->version));
    if (migration->state == WEFT_MIGRATION_APPLIED)
        return WEFT_DB_OK;
    WEFT_TRY(refuse_changes(m));
    WEFT_TRY(m->engine->run(m, migration->file, migration->sql));
    if (m->engine->check != NULL)
        WEFT_TRY(m->engine->check(m, migration));
    WEFT_TRY(m->engine->record(m, migration));
    migration->fresh = true;
    return WEFT_DB_OK;
}

/* What its statements did before the failure stays. */
static weft_db_result apply_without(weft__migrator *m, weft_migration *migration)
{
    weft_db_result result = apply_open(m, migration);
    if (result == WEFT_DB_FAILED)
        *m->why = weft_arena_printf(m->arena,
                                    "%.*s (it runs without a transaction: what stands before this "
                                    "line is done; undo it by hand before the next attempt)",
                                    WEFT_STR_ARGS(*m->why));
    return result;
}

static weft_db_result apply_within(weft__migrator *m, weft_migration *migration)
{
    WEFT_TRY(m->engine->begin(m));
    weft_db_result result = apply_open(m, migration);
    if (result == WEFT_DB_OK)
        result = m->engine->commit(m);
    if (result != WEFT_DB_OK)
        m->engine->rollback(m);
    return result;
}

static weft_db_result apply(weft__migrator *m, weft_migration *migration)
{
    weft_db_result result = wants_no_transaction(m, migration->sql) ? apply_without(m, migration)
                                                                    : apply_within(m, migration);
    if (result == WEFT_DB_OK) {
        migration->state = WEFT_MIGRATION_APPLIED;
        return result;
    }
    migration->fresh = false;
    migration->applied_at = (weft_str){0};
    return result;
}

static weft_db_result up(weft__migrator *m)
{
    WEFT_TRY(m->engine->create(m));
    WEFT_TRY(read_applied(m, 0, INT64_MAX));
    WEFT_TRY(refuse_changes(m));
    for (size_t i = 0; i < m->migrations->len; i++)
        if (m->migrations->at[i].state == WEFT_MIGRATION_PENDING)
            WEFT_TRY(apply(m, &m->migrations->at[i]));
    return WEFT_DB_OK;
}

/* ---- taking back ----------------------------------------------------------------------------- */

static weft_db_result revert_open(weft__migrator *m, const weft_migration *migration)
{
    WEFT_TRY(m->engine->run(m, migration->down_file, migration->down));
    if (m->engine->check != NULL)
        WEFT_TRY(m->engine->check(m, migration));
    return m->engine->erase(m, migration);
}

static weft_db_result revert(weft__migrator *m, weft_migration *migration)
{
    weft_db_result result;
    if (migration->down_file.len == 0)
        return weft__migrator_fail(m,
                                   "%s/%s cannot be taken back: there is no file "
                                   "%04" PRId64 "_%.*s.down.sql",
                                   m->migrations->folder, migration->file.at, migration->version,
                                   WEFT_STR_ARGS(migration->name));
    if (wants_no_transaction(m, migration->down)) {
        result = revert_open(m, migration);
    } else {
        WEFT_TRY(m->engine->begin(m));
        result = revert_open(m, migration);
        if (result == WEFT_DB_OK)
            result = m->engine->commit(m);
        if (result != WEFT_DB_OK)
            m->engine->rollback(m);
    }
    if (result != WEFT_DB_OK)
        return result;
    migration->state = WEFT_MIGRATION_PENDING;
    migration->applied_at = (weft_str){0};
    migration->fresh = true;
    return WEFT_DB_OK;
}

static weft_db_result down(weft__migrator *m, unsigned count)
{
    WEFT_TRY(status(m));
    WEFT_TRY(refuse_changes(m));
    for (size_t i = m->migrations->len; i-- > 0 && count > 0;) {
        if (m->migrations->at[i].state != WEFT_MIGRATION_APPLIED)
            continue;
        WEFT_TRY(revert(m, &m->migrations->at[i]));
        count--;
    }
    return WEFT_DB_OK;
}

weft_db_result weft__migrator_run(weft__migrator *m, weft__migrate_task task)
{
    switch (task.what) {
    case WEFT__MIGRATE_UP: return up(m);
    case WEFT__MIGRATE_DOWN: return down(m, task.count);
    case WEFT__MIGRATE_STATUS: break;
    }
    return status(m);
}
