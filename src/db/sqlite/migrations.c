/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * db/sqlite/migrations.c: what SQLite does for migrations. Foreign keys are not enforced while a
 * file runs (rebuilding a table, SQLite's way to alter one, is impossible otherwise); what it
 * leaves behind is checked before the commit.
 */
#include "db/sqlite/migrations.h"

#include <stdio.h>

#include "db/migrator.h"
#include "db/sqlite/text.h"

static weft_db_result fail_sql(weft__migrator *m)
{
    return weft__migrator_fail(m, "weft_migrations: %s", sqlite3_errmsg(m->connection));
}

static weft_db_result execute(weft__migrator *m, const char *sql)
{
    return sqlite3_exec(m->connection, sql, NULL, NULL, NULL) == SQLITE_OK ? WEFT_DB_OK
                                                                           : fail_sql(m);
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

static weft_str column_text(sqlite3_stmt *row, int column)
{
    const char *at = (const char *)sqlite3_column_text(row, column);
    return (weft_str){at, (size_t)sqlite3_column_bytes(row, column)};
}

/* ---- the table ------------------------------------------------------------------------------- */

static bool exists(weft__migrator *m)
{
    return query_integer(m->connection,
                         "SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND "
                         "name = 'weft_migrations'",
                         0) != 0;
}

static weft_db_result create(weft__migrator *m)
{
    return execute(m, "CREATE TABLE IF NOT EXISTS weft_migrations (version INTEGER PRIMARY KEY, "
                      "name TEXT NOT NULL, sql TEXT NOT NULL, applied_at TEXT NOT NULL)");
}

static weft_db_result read_rows(weft__migrator *m, int64_t from, int64_t to)
{
    sqlite3_stmt *rows;
    if (sqlite3_prepare_v2(m->connection,
                           "SELECT version, name, sql, applied_at FROM weft_migrations "
                           "WHERE version BETWEEN $1 AND $2",
                           -1, &rows, NULL) != SQLITE_OK)
        return fail_sql(m);
    sqlite3_bind_int64(rows, 1, from);
    sqlite3_bind_int64(rows, 2, to);
    weft_db_result result = WEFT_DB_OK;
    int code = SQLITE_ROW;
    while (result == WEFT_DB_OK && (code = sqlite3_step(rows)) == SQLITE_ROW)
        result = weft__migrator_found(m, sqlite3_column_int64(rows, 0), column_text(rows, 1),
                                      column_text(rows, 2), column_text(rows, 3));
    if (result == WEFT_DB_OK && code != SQLITE_DONE)
        result = fail_sql(m);
    sqlite3_finalize(rows);
    return result;
}

static weft_db_result record(weft__migrator *m, weft_migration *migration)
{
    sqlite3_stmt *insert;
    if (sqlite3_prepare_v2(m->connection,
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
        result = weft__migrator_no_memory(m);
    sqlite3_finalize(insert);
    return result;
}

static weft_db_result erase(weft__migrator *m, const weft_migration *migration)
{
    char sql[96];
    snprintf(sql, sizeof sql, "DELETE FROM weft_migrations WHERE version = %lld",
             (long long)migration->version);
    return execute(m, sql);
}

/* ---- files ----------------------------------------------------------------------------------- */

/* Runs the statement that starts at `start` and tells where the next one may start. */
static weft_db_result run_statement(weft__migrator *m, weft_str file, weft_str sql,
                                    const char *start, const char **next)
{
    sqlite3 *db = m->connection;
    size_t offset = (size_t)(start - sql.at);
    if (weft__sql_is_control(start))
        return weft__migrator_fail_at(
            m, file, sql, offset,
            "a migration is one transaction: remove BEGIN, COMMIT and their like");
    sqlite3_stmt *statement;
    if (sqlite3_prepare_v2(db, start, -1, &statement, next) != SQLITE_OK) {
        int error = sqlite3_error_offset(db);
        return weft__migrator_fail_at(m, file, sql, offset + (error > 0 ? (size_t)error : 0),
                                      sqlite3_errmsg(db));
    }
    int code = SQLITE_ROW;
    while (statement != NULL && code == SQLITE_ROW)
        code = sqlite3_step(statement);
    weft_db_result result = WEFT_DB_OK;
    if (statement != NULL && code != SQLITE_DONE)
        result = weft__migrator_fail_at(m, file, sql, offset, sqlite3_errmsg(db));
    sqlite3_finalize(statement);
    return result;
}

static weft_db_result run(weft__migrator *m, weft_str file, weft_str sql)
{
    const char *start = weft__sql_start(sql.at);
    if (*start == '\0')
        return weft__migrator_fail_at(m, file, sql, 0,
                                      "the file has no statement; write it, or remove it");
    for (; *start != '\0'; start = weft__sql_start(start))
        WEFT_TRY(run_statement(m, file, sql, start, &start));
    return WEFT_DB_OK;
}

static weft_db_result check_foreign_keys(weft__migrator *m, const weft_migration *migration)
{
    sqlite3_stmt *check;
    if (sqlite3_prepare_v2(m->connection, "PRAGMA foreign_key_check", -1, &check, NULL) !=
        SQLITE_OK)
        return fail_sql(m);
    weft_db_result result = WEFT_DB_OK;
    if (sqlite3_step(check) == SQLITE_ROW)
        result = weft__migrator_fail(
            m, "%s/%s: it leaves rows in \"%s\" that refer to rows of \"%s\" that do not exist",
            m->migrations->folder, migration->file.at, sqlite3_column_text(check, 0),
            sqlite3_column_text(check, 2));
    sqlite3_finalize(check);
    return result;
}

static weft_db_result begin(weft__migrator *m)
{
    return execute(m, "BEGIN IMMEDIATE");
}

static weft_db_result commit(weft__migrator *m)
{
    return execute(m, "COMMIT");
}

static void rollback(weft__migrator *m)
{
    if (sqlite3_get_autocommit(m->connection) == 0)
        sqlite3_exec(m->connection, "ROLLBACK", NULL, NULL, NULL);
}

/* ---- all of it ------------------------------------------------------------------------------- */

static const weft__migrator_engine engine = {
    .exists = exists,
    .create = create,
    .read = read_rows,
    .begin = begin,
    .commit = commit,
    .rollback = rollback,
    .run = run,
    .check = check_foreign_keys,
    .record = record,
    .erase = erase,
};

weft_db_result weft__sqlite_migrate(sqlite3 *db, weft__migrations *migrations,
                                    weft__migrate_task task, weft_arena *arena, weft_str *why)
{
    weft__migrator m = {&engine, db, migrations, arena, why};
    bool foreign_keys = query_integer(db, "PRAGMA foreign_keys", 0) != 0;
    WEFT_TRY(execute(&m, "PRAGMA foreign_keys=OFF"));
    weft_db_result result = weft__migrator_run(&m, task);
    if (foreign_keys && sqlite3_exec(db, "PRAGMA foreign_keys=ON", NULL, NULL, NULL) != SQLITE_OK)
        return fail_sql(&m);
    return result;
}
