/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * db/sqlite/migrations.c: see migrations.h. Each file runs under BEGIN IMMEDIATE, and whether it is
 * still pending is asked anew inside: of processes that race, one applies it and the others see
 * that.
 *
 * Foreign keys are not enforced while a file runs (rebuilding a table, SQLite's way to alter one,
 * is impossible otherwise); what it leaves behind is checked before the commit.
 */
#include "db/sqlite/migrations.h"

#include <inttypes.h>

#include "db/sqlite/text.h"

typedef struct migrator {
    sqlite3 *db;
    weft__migrations *migrations;
    weft_arena *arena;
    weft_str *why;
} migrator;

static weft_db_result fail_sql(migrator *m)
{
    *m->why = weft_arena_printf(m->arena, "weft_migrations: %s", sqlite3_errmsg(m->db));
    return WEFT_DB_FAILED;
}

static weft_db_result no_memory(migrator *m)
{
    *m->why = WEFT_STR("out of memory");
    return WEFT_DB_NO_MEMORY;
}

static weft_db_result execute(migrator *m, const char *sql)
{
    return sqlite3_exec(m->db, sql, NULL, NULL, NULL) == SQLITE_OK ? WEFT_DB_OK : fail_sql(m);
}

/* The first integer that the query gives; `otherwise` when it gives none. */
static int64_t query_integer(sqlite3 *db, const char *sql, int64_t otherwise)
{
    sqlite3_stmt *query;
    if (sqlite3_prepare_v2(db, sql, -1, &query, NULL) != SQLITE_OK)
        return otherwise;
    int64_t value = sqlite3_step(query) == SQLITE_ROW ? sqlite3_column_int64(query, 0) : otherwise;
    sqlite3_finalize(query);
    return value;
}

/* ---- what was applied ------------------------------------------------------------------------ */

static unsigned line_of(weft_str text, size_t offset)
{
    unsigned line = 1;
    for (size_t i = 0; i < offset && i < text.len; i++)
        line += text.at[i] == '\n';
    return line;
}

static weft_str column_text(sqlite3_stmt *row, int column)
{
    const char *at = (const char *)sqlite3_column_text(row, column);
    return (weft_str){at, (size_t)sqlite3_column_bytes(row, column)};
}

static weft_migration *find(const weft__migrations *migrations, int64_t version)
{
    for (size_t i = 0; i < migrations->len; i++)
        if (migrations->at[i].version == version)
            return &migrations->at[i];
    return NULL;
}

/* The row is of this file: whether the file is still what was applied. */
static weft_db_result compare(migrator *m, weft_migration *migration, sqlite3_stmt *row)
{
    weft_str applied = column_text(row, 2);
    size_t same = 0;
    while (same < applied.len && same < migration->sql.len &&
           applied.at[same] == migration->sql.at[same])
        same++;
    bool equal = same == applied.len && same == migration->sql.len;
    migration->state = equal ? WEFT_MIGRATION_APPLIED : WEFT_MIGRATION_EDITED;
    migration->edited_line = equal ? 0 : line_of(migration->sql, same);
    return weft_arena_copy(m->arena, column_text(row, 3), &migration->applied_at) ? WEFT_DB_OK
                                                                                  : no_memory(m);
}

/* The row has no file: adds it to the list. */
static weft_db_result add_missing(migrator *m, sqlite3_stmt *row)
{
    weft__migrations *migrations = m->migrations;
    weft_migration *grown = WEFT_NEW_ARRAY(m->arena, weft_migration, migrations->len + 1);
    if (grown == NULL)
        return no_memory(m);
    if (migrations->len != 0)
        memcpy(grown, migrations->at, migrations->len * sizeof(*grown));
    weft_migration *missing = &grown[migrations->len];
    *missing = (weft_migration){.version = sqlite3_column_int64(row, 0),
                                .state = WEFT_MIGRATION_MISSING};
    missing->file = weft_arena_printf(m->arena, "%04" PRId64 "_%s.sql", missing->version,
                                      sqlite3_column_text(row, 1));
    if (!weft_arena_copy(m->arena, column_text(row, 1), &missing->name) ||
        !weft_arena_copy(m->arena, column_text(row, 2), &missing->sql) ||
        !weft_arena_copy(m->arena, column_text(row, 3), &missing->applied_at) ||
        missing->file.at == NULL)
        return no_memory(m);
    migrations->at = grown;
    migrations->len++;
    return WEFT_DB_OK;
}

/* What the table says of the versions `from` to `to`. */
static weft_db_result read_applied(migrator *m, int64_t from, int64_t to)
{
    sqlite3_stmt *rows;
    if (sqlite3_prepare_v2(m->db,
                           "SELECT version, name, sql, applied_at FROM weft_migrations "
                           "WHERE version BETWEEN $1 AND $2",
                           -1, &rows, NULL) != SQLITE_OK)
        return fail_sql(m);
    sqlite3_bind_int64(rows, 1, from);
    sqlite3_bind_int64(rows, 2, to);
    weft_db_result result = WEFT_DB_OK;
    int code = SQLITE_ROW;
    while (result == WEFT_DB_OK && (code = sqlite3_step(rows)) == SQLITE_ROW) {
        weft_migration *migration = find(m->migrations, sqlite3_column_int64(rows, 0));
        result = migration ? compare(m, migration, rows) : add_missing(m, rows);
    }
    if (result == WEFT_DB_OK && code != SQLITE_DONE)
        result = fail_sql(m);
    sqlite3_finalize(rows);
    weft__migrations_sort(m->migrations);
    return result;
}

static weft_db_result refuse_changes(migrator *m)
{
    for (size_t i = 0; i < m->migrations->len; i++) {
        const weft_migration *migration = &m->migrations->at[i];
        if (migration->state == WEFT_MIGRATION_EDITED) {
            *m->why = weft_arena_printf(m->arena,
                                        "%s/%s:%u: edited after it was applied; put it back and "
                                        "write a new migration instead",
                                        m->migrations->folder, migration->file.at,
                                        migration->edited_line);
            return WEFT_DB_FAILED;
        }
        if (migration->state == WEFT_MIGRATION_MISSING) {
            *m->why = weft_arena_printf(m->arena, "%s/%s was applied, but the file is missing",
                                        m->migrations->folder, migration->file.at);
            return WEFT_DB_FAILED;
        }
    }
    return WEFT_DB_OK;
}

/* ---- applying -------------------------------------------------------------------------------- */

static weft_db_result fail_at(migrator *m, const weft_migration *migration, size_t offset,
                              const char *message)
{
    *m->why = weft_arena_printf(m->arena, "%s/%s:%u: %s", m->migrations->folder, migration->file.at,
                                line_of(migration->sql, offset), message);
    return WEFT_DB_FAILED;
}

/* Runs the statement that starts at `start` and tells where the next one may start. */
static weft_db_result run_statement(migrator *m, const weft_migration *migration, const char *start,
                                    const char **next)
{
    size_t offset = (size_t)(start - migration->sql.at);
    if (weft__sql_is_control(start))
        return fail_at(m, migration, offset,
                       "a migration is one transaction: remove BEGIN, COMMIT and their like");
    sqlite3_stmt *statement;
    if (sqlite3_prepare_v2(m->db, start, -1, &statement, next) != SQLITE_OK) {
        int error = sqlite3_error_offset(m->db);
        return fail_at(m, migration, offset + (error > 0 ? (size_t)error : 0),
                       sqlite3_errmsg(m->db));
    }
    int code = SQLITE_ROW;
    while (statement != NULL && code == SQLITE_ROW)
        code = sqlite3_step(statement);
    weft_db_result result = WEFT_DB_OK;
    if (statement != NULL && code != SQLITE_DONE)
        result = fail_at(m, migration, offset, sqlite3_errmsg(m->db));
    sqlite3_finalize(statement);
    return result;
}

static weft_db_result run_file(migrator *m, const weft_migration *migration)
{
    const char *start = weft__sql_start(migration->sql.at);
    if (*start == '\0')
        return fail_at(m, migration, 0, "the file has no statement; write it, or remove it");
    for (; *start != '\0'; start = weft__sql_start(start))
        WEFT_TRY(run_statement(m, migration, start, &start));
    return WEFT_DB_OK;
}

static weft_db_result check_foreign_keys(migrator *m, const weft_migration *migration)
{
    sqlite3_stmt *check;
    if (sqlite3_prepare_v2(m->db, "PRAGMA foreign_key_check", -1, &check, NULL) != SQLITE_OK)
        return fail_sql(m);
    weft_db_result result = WEFT_DB_OK;
    if (sqlite3_step(check) == SQLITE_ROW) {
        *m->why = weft_arena_printf(m->arena,
                                    "%s/%s: it leaves rows in \"%s\" that refer to rows of \"%s\" "
                                    "that do not exist",
                                    m->migrations->folder, migration->file.at,
                                    sqlite3_column_text(check, 0), sqlite3_column_text(check, 2));
        result = WEFT_DB_FAILED;
    }
    sqlite3_finalize(check);
    return result;
}

static weft_db_result record(migrator *m, weft_migration *migration)
{
    sqlite3_stmt *insert;
    if (sqlite3_prepare_v2(m->db,
                           "INSERT INTO weft_migrations (version, name, sql, applied_at) VALUES "
                           "($1, $2, $3, strftime('%Y-%m-%dT%H:%M:%SZ', 'now')) "
                           "RETURNING applied_at",
                           -1, &insert, NULL) != SQLITE_OK)
        return fail_sql(m);
    sqlite3_bind_int64(insert, 1, migration->version);
    sqlite3_bind_text64(insert, 2, migration->name.at, migration->name.len, SQLITE_STATIC,
                        SQLITE_UTF8);
    sqlite3_bind_text64(insert, 3, migration->sql.at, migration->sql.len, SQLITE_STATIC,
                        SQLITE_UTF8);
    weft_db_result result = WEFT_DB_OK;
    if (sqlite3_step(insert) != SQLITE_ROW)
        result = fail_sql(m);
    else if (!weft_arena_copy(m->arena, column_text(insert, 0), &migration->applied_at))
        result = no_memory(m);
    sqlite3_finalize(insert);
    return result;
}

static weft_db_result apply_open(migrator *m, weft_migration *migration)
{
    /* Another process may have been faster since we looked. */
    WEFT_TRY(read_applied(m, migration->version, migration->version));
    if (migration->state == WEFT_MIGRATION_APPLIED)
        return WEFT_DB_OK;
    WEFT_TRY(refuse_changes(m));
    WEFT_TRY(run_file(m, migration));
    WEFT_TRY(check_foreign_keys(m, migration));
    WEFT_TRY(record(m, migration));
    migration->fresh = true;
    return WEFT_DB_OK;
}

static weft_db_result apply(migrator *m, weft_migration *migration)
{
    WEFT_TRY(execute(m, "BEGIN IMMEDIATE"));
    weft_db_result result = apply_open(m, migration);
    if (result == WEFT_DB_OK)
        result = execute(m, "COMMIT");
    if (result == WEFT_DB_OK) {
        migration->state = WEFT_MIGRATION_APPLIED;
        return result;
    }
    migration->fresh = false;
    migration->applied_at = (weft_str){0};
    if (sqlite3_get_autocommit(m->db) == 0)
        sqlite3_exec(m->db, "ROLLBACK", NULL, NULL, NULL);
    return result;
}

static weft_db_result apply_pending(migrator *m)
{
    WEFT_TRY(execute(m, "CREATE TABLE IF NOT EXISTS weft_migrations (version INTEGER PRIMARY KEY, "
                        "name TEXT NOT NULL, sql TEXT NOT NULL, applied_at TEXT NOT NULL)"));
    WEFT_TRY(read_applied(m, 0, INT64_MAX));
    WEFT_TRY(refuse_changes(m));
    for (size_t i = 0; i < m->migrations->len; i++)
        if (m->migrations->at[i].state == WEFT_MIGRATION_PENDING)
            WEFT_TRY(apply(m, &m->migrations->at[i]));
    return WEFT_DB_OK;
}

weft_db_result weft__sqlite_migrate(sqlite3 *db, weft__migrations *migrations, bool status_only,
                                    weft_arena *arena, weft_str *why)
{
    migrator m = {.db = db, .migrations = migrations, .arena = arena, .why = why};
    if (status_only) {
        bool table = query_integer(db,
                                   "SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND "
                                   "name = 'weft_migrations'",
                                   0) != 0;
        return table ? read_applied(&m, 0, INT64_MAX) : WEFT_DB_OK;
    }
    bool foreign_keys = query_integer(db, "PRAGMA foreign_keys", 0) != 0;
    WEFT_TRY(execute(&m, "PRAGMA foreign_keys=OFF"));
    weft_db_result result = apply_pending(&m);
    if (foreign_keys && sqlite3_exec(db, "PRAGMA foreign_keys=ON", NULL, NULL, NULL) != SQLITE_OK)
        return fail_sql(&m);
    return result;
}
