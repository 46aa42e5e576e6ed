/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * The project's schema: its migrations, applied to a database in memory, and what the tables look
 * like then.
 */
#include "check/sql.h"
#include "db/sqlite/migrations.h"

#include <stdlib.h>
#include <strings.h>

/* ---- types ----------------------------------------------------------------------------------- */

/* Whether `part` stands in `text`, without case. */
static bool contains(const char *text, const char *part)
{
    for (; *text; text++)
        if (strncasecmp(text, part, strlen(part)) == 0)
            return true;
    return false;
}

sql_type sql_type_of(const char *declared)
{
    if (declared[0] == 0 || strcasecmp(declared, "ANY") == 0)
        return SQL_ANY;
    if (contains(declared, "INT"))
        return SQL_INTEGER;
    if (contains(declared, "CHAR") || contains(declared, "CLOB") || contains(declared, "TEXT"))
        return SQL_TEXT;
    if (contains(declared, "BLOB"))
        return SQL_BLOB;
    if (contains(declared, "REAL") || contains(declared, "FLOA") || contains(declared, "DOUB"))
        return SQL_REAL;
    return SQL_NUMERIC;
}

/* ---- look-ups -------------------------------------------------------------------------------- */

const sql_table *sql_schema_table(const sql_schema *schema, const char *name)
{
    for (size_t i = 0; i < schema->table_count; i++)
        if (strcasecmp(schema->tables[i].name, name) == 0)
            return &schema->tables[i];
    return NULL;
}

const sql_column *sql_table_column(const sql_table *table, const char *name)
{
    for (size_t i = 0; i < table->column_count; i++)
        if (strcasecmp(table->columns[i].name, name) == 0)
            return &table->columns[i];
    return NULL;
}

/* ---- reading what the migrations made -------------------------------------------------------- */

/* Prepares a query of ours with one text parameter; these cannot fail but for want of memory. */
static sqlite3_stmt *ask(const sql_schema *schema, const char *sql, const char *parameter)
{
    sqlite3_stmt *statement = NULL;
    int code = sqlite3_prepare_v2(schema->db, sql, -1, &statement, NULL);
    if (code == SQLITE_OK && parameter)
        code = sqlite3_bind_text(statement, 1, parameter, -1, SQLITE_TRANSIENT);
    if (code == SQLITE_OK)
        return statement;
    gen_report(GEN_ERROR, NULL, "cannot read the schema: %s", sqlite3_errmsg(schema->db));
    sqlite3_finalize(statement);
    return NULL;
}

static const char *text_at(const sql_schema *schema, sqlite3_stmt *row, int column)
{
    const char *text = (const char *)sqlite3_column_text(row, column);
    return text ? gen_copy(schema->arena, text, strlen(text)) : "";
}

/* INTEGER PRIMARY KEY is the rowid, unless SQLite made an index for it. */
static bool has_key_index(const sql_schema *schema, const char *table)
{
    sqlite3_stmt *row = ask(schema, "SELECT 1 FROM pragma_index_list($1) WHERE origin = 'pk'",
                            table);
    bool has = row == NULL || sqlite3_step(row) == SQLITE_ROW;
    sqlite3_finalize(row);
    return has;
}

static void read_columns(const sql_schema *schema, sql_table *table)
{
    sqlite3_stmt *row = ask(
        schema,
        "SELECT name, type, \"notnull\", pk, count(*) FILTER (WHERE pk) OVER () "
        "FROM pragma_table_xinfo($1) WHERE hidden <> 1 ORDER BY cid",
        table->name);
    bool key_index = has_key_index(schema, table->name);
    while (row && sqlite3_step(row) == SQLITE_ROW) {
        sql_column column = {.name = text_at(schema, row, 0), .declared = text_at(schema, row, 1)};
        column.type = sql_type_of(column.declared);
        column.is_rowid = !key_index && sqlite3_column_int(row, 3) == 1 &&
                          sqlite3_column_int(row, 4) == 1 &&
                          strcasecmp(column.declared, "INTEGER") == 0;
        column.not_null = sqlite3_column_int(row, 2) != 0 || column.is_rowid;
        GEN_PUSH(schema->arena, table->columns, table->column_count, column);
    }
    sqlite3_finalize(row);
}

static void read_tables(sql_schema *schema)
{
    sqlite3_stmt *row = ask(
        schema, "SELECT name FROM pragma_table_list WHERE schema = 'main' ORDER BY name", NULL);
    while (row && sqlite3_step(row) == SQLITE_ROW)
        GEN_PUSH(schema->arena, schema->tables, schema->table_count,
                 ((sql_table){.name = text_at(schema, row, 0)}));
    sqlite3_finalize(row);
    for (size_t i = 0; i < schema->table_count; i++)
        read_columns(schema, &schema->tables[i]);
}

/* Views are read when all tables are known, because they select from them. */
static void read_views(sql_schema *schema)
{
    sqlite3_stmt *row = ask(schema, "SELECT name, sql FROM sqlite_schema WHERE type = 'view'",
                            NULL);
    while (row && sqlite3_step(row) == SQLITE_ROW) {
        const char *sql = text_at(schema, row, 1);
        sql_tokens tokens = sql_tokenize(schema->arena, sql, GEN_SQLITE);
        size_t at = 0;
        while (at < tokens.len && !sql_is(&tokens.at[at], "AS"))
            at++;
        for (size_t i = 0; at < tokens.len && i < schema->table_count; i++)
            if (strcasecmp(schema->tables[i].name, text_at(schema, row, 0)) == 0)
                schema->tables[i].view = sql_query_read(schema, sql + tokens.at[at + 1].offset);
    }
    sqlite3_finalize(row);
}

/* ---- migrations ------------------------------------------------------------------------------ */

static const char *path_of(weft_arena *arena, const weft__migrations *of, size_t i)
{
    return gen_format(arena, "%s/%s", of->folder, of->at[i].file.at);
}

/* A failure that begins with "folder/file:line: " is shown there. */
static bool report(const gen_unit *unit, const weft__migrations *migrations, weft_str why)
{
    for (size_t i = 0; i < migrations->len; i++) {
        gen_place place = {.file = path_of(unit->arena, migrations, i), .column = 1};
        weft_str path = weft_str_from(place.file);
        weft_str rest = weft_str_skip(why, path.len);
        if (!weft_str_starts_with(why, path) || !weft_str_starts_with(rest, WEFT_STR(":")))
            continue;
        char *end;
        place.line = (unsigned)strtoul(rest.at + 1, &end, 10);
        if (place.line == 0 || strncmp(end, ": ", 2) != 0)
            continue;
        gen_report(GEN_ERROR, &place, "the migration fails: %s", end + 2);
        return false;
    }
    gen_report(GEN_ERROR, NULL, "%.*s", WEFT_STR_ARGS(why));
    return false;
}

static bool apply_migrations(const sql_schema *schema, gen_unit *unit)
{
    weft__migrations migrations = {0};
    weft_str why = {0};
    const char *folder = weft__migrations_folder(unit->migrations, "sqlite", unit->arena);
    if (folder == NULL ||
        weft__migrations_read(folder, unit->arena, &migrations, &why) != WEFT_DB_OK)
        return report(unit, &migrations, why);
    GEN_PUSH(unit->arena, unit->dependencies, unit->dependency_count, folder);
    for (size_t i = 0; i < migrations.len; i++)
        GEN_PUSH(unit->arena, unit->dependencies, unit->dependency_count,
                 path_of(unit->arena, &migrations, i));
    return weft__sqlite_migrate(schema->db, &migrations,
                                (weft__migrate_task){.what = WEFT__MIGRATE_UP}, unit->arena,
                                &why) == WEFT_DB_OK ||
           report(unit, &migrations, why);
}

/* Strict about what SQLite lets pass: a word in double quotes is a name, never a text. */
static bool open_database(sql_schema *schema)
{
    return sqlite3_open(":memory:", &schema->db) == SQLITE_OK &&
           sqlite3_db_config(schema->db, SQLITE_DBCONFIG_DQS_DML, 0, NULL) == SQLITE_OK &&
           sqlite3_db_config(schema->db, SQLITE_DBCONFIG_DQS_DDL, 0, NULL) == SQLITE_OK;
}

bool sql_schema_open(sql_schema *schema, gen_unit *unit)
{
    *schema = (sql_schema){.arena = unit->arena};
    if (!open_database(schema)) {
        gen_report(GEN_ERROR, NULL, "cannot open SQLite: %s", sqlite3_errmsg(schema->db));
        return false;
    }
    if (!apply_migrations(schema, unit))
        return false;
    read_tables(schema);
    read_views(schema);
    return true;
}

void sql_schema_close(sql_schema *schema)
{
    sqlite3_close(schema->db);
    schema->db = NULL;
}
