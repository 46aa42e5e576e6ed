/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Why SQLite refuses a statement, said with the names of the schema: where in the literal, and
 * which name was probably meant. SQLite gives a text, and for most faults an offset; the names in
 * its text are looked up in the statement's tokens when it gives none.
 */
#include "check/sql.h"

#include <stdio.h>
#include <strings.h>

typedef struct fault {
    const gen_statement *statement;
    const sql_schema *schema;
    sql_tokens tokens;
    const char *message; /* SQLite's */
    gen_place place;
    size_t token; /* where it is, or tokens.len */
} fault;

typedef struct names {
    const char **at;
    size_t len;
} names;

static void add_name(const fault *f, names *list, const char *name)
{
    GEN_PUSH(f->schema->arena, list->at, list->len, name);
}

/* "a", "b" and "c" */
static const char *spell(const fault *f, const names *list, const char *last)
{
    const char *text = "";
    for (size_t i = 0; i < list->len; i++) {
        const char *joint = i == 0 ? "" : i + 1 == list->len ? last : ", ";
        text = gen_format(f->schema->arena, "%s%s\"%s\"", text, joint, list->at[i]);
    }
    return text;
}

/* The note with the name that was probably meant, or with all there are. */
static void suggest(const fault *f, const char *wanted, const names *list, const char *all)
{
    const char *nearest = gen_nearest(wanted, list->at, list->len);
    if (nearest)
        gen_report(GEN_NOTE, &f->place, "did you mean \"%s\"?", nearest);
    else if (list->len > 0 && all)
        gen_report(GEN_NOTE, &f->place, "%s %s", all, spell(f, list, " and "));
}

static void move_to(fault *f, size_t token)
{
    f->token = token;
    const sql_token *at = &f->tokens.at[token];
    f->place = gen_statement_place(f->statement, at->offset, at->len);
}

/* Moves to the first name like this one, when SQLite has not said where it is. */
static void move_to_name(fault *f, const char *name, int offset)
{
    for (size_t i = 0; i < f->tokens.len; i++) {
        if (offset >= 0 && f->tokens.at[i].offset < (size_t)offset)
            continue;
        if (sql_is_name(&f->tokens.at[i]) && strcasecmp(f->tokens.at[i].text, name) == 0) {
            move_to(f, i);
            return;
        }
    }
}

/* ---- tables ---------------------------------------------------------------------------------- */

static bool is_internal(const sql_table *table)
{
    return strncmp(table->name, "sqlite_", 7) == 0 || strcmp(table->name, "weft_migrations") == 0;
}

static names all_tables(const fault *f)
{
    names list = {0};
    for (size_t i = 0; i < f->schema->table_count; i++)
        if (!is_internal(&f->schema->tables[i]))
            add_name(f, &list, f->schema->tables[i].name);
    return list;
}

static void explain_table(fault *f, const char *name, int offset)
{
    move_to_name(f, name, offset);
    gen_report(GEN_ERROR, &f->place, "table \"%s\" does not exist", name);
    names tables = all_tables(f);
    suggest(f, name, &tables, "the migrations create");
}

/* ---- columns --------------------------------------------------------------------------------- */

/* The tables that the statement names, each once; only the one called `qualifier` when given. */
static void tables_in_statement(const fault *f, const char *qualifier, names *list)
{
    const sql_token *tokens = f->tokens.at;
    for (size_t i = 0; i < f->tokens.len; i++) {
        const sql_table *table = sql_is_name(&tokens[i])
                                     ? sql_schema_table(f->schema, tokens[i].text)
                                     : NULL;
        if (table == NULL || sql_is(&tokens[i + 1], ".") || is_internal(table))
            continue;
        const sql_token *alias = &tokens[i + 1 + sql_is(&tokens[i + 1], "AS")];
        if (qualifier && strcasecmp(qualifier, table->name) != 0 &&
            strcasecmp(qualifier, alias->text) != 0)
            continue;
        bool again = false;
        for (size_t j = 0; j < list->len; j++)
            again |= strcasecmp(list->at[j], table->name) == 0;
        if (!again)
            add_name(f, list, table->name);
    }
}

static names columns_of(const fault *f, const names *tables)
{
    names list = {0};
    for (size_t i = 0; i < tables->len; i++) {
        const sql_table *table = sql_schema_table(f->schema, tables->at[i]);
        for (size_t j = 0; j < table->column_count; j++)
            add_name(f, &list, table->columns[j].name);
    }
    return list;
}

static bool is_quoted(const fault *f)
{
    return f->token < f->tokens.len && f->tokens.at[f->token].kind == SQL_QUOTED;
}

static void explain_column(fault *f, const char *qualifier, const char *name, int offset)
{
    move_to_name(f, name, offset);
    names tables = {0};
    tables_in_statement(f, qualifier, &tables);
    if (qualifier && tables.len == 0) {
        gen_report(GEN_ERROR, &f->place, "there is no \"%s\" in this statement to take \"%s\" from",
                   qualifier, name);
        return;
    }
    if (tables.len == 0)
        gen_report(GEN_ERROR, &f->place, "column \"%s\" does not exist", name);
    else
        gen_report(GEN_ERROR, &f->place, "column \"%s\" does not exist in %s", name,
                   spell(f, &tables, " or "));
    names columns = columns_of(f, &tables);
    suggest(f, name, &columns, tables.len == 1 ? "its columns are" : NULL);
    if (is_quoted(f))
        gen_report(GEN_NOTE, &f->place, "a text is written in single quotes: '%s'", name);
}

/* "table.column" or "column" */
static void explain_column_path(fault *f, const char *path, int offset)
{
    const char *dot = strrchr(path, '.');
    if (dot == NULL) {
        explain_column(f, NULL, path, offset);
        return;
    }
    const char *qualifier = gen_copy(f->schema->arena, path, (size_t)(dot - path));
    const char *schema = strrchr(qualifier, '.');
    explain_column(f, schema ? schema + 1 : qualifier, dot + 1, offset);
}

static void explain_ambiguous(fault *f, const char *name)
{
    gen_report(GEN_ERROR, &f->place, "column \"%s\" is ambiguous", name);
    names tables = {0}, owners = {0};
    tables_in_statement(f, NULL, &tables);
    for (size_t i = 0; i < tables.len; i++)
        if (sql_table_column(sql_schema_table(f->schema, tables.at[i]), name))
            add_name(f, &owners, tables.at[i]);
    if (owners.len > 1)
        gen_report(GEN_NOTE, &f->place, "it is in %s: write %s.%s or %s.%s",
                   spell(f, &owners, " and "), owners.at[0], name, owners.at[1], name);
}

/* ---- functions ------------------------------------------------------------------------------- */

static names all_functions(const fault *f)
{
    names list = {0};
    sqlite3_stmt *row = NULL;
    sqlite3_prepare_v2(f->schema->db, "SELECT DISTINCT name FROM pragma_function_list ORDER BY 1",
                       -1, &row, NULL);
    while (row && sqlite3_step(row) == SQLITE_ROW) {
        const char *name = (const char *)sqlite3_column_text(row, 0);
        if (name)
            add_name(f, &list, gen_copy(f->schema->arena, name, strlen(name)));
    }
    sqlite3_finalize(row);
    return list;
}

static void explain_function(fault *f, const char *name)
{
    gen_report(GEN_ERROR, &f->place, "SQL function \"%s\" does not exist", name);
    names functions = all_functions(f);
    const char *nearest = gen_nearest(name, functions.at, functions.len);
    if (nearest)
        gen_report(GEN_NOTE, &f->place, "did you mean \"%s\"?", nearest);
}

/* ---- all ------------------------------------------------------------------------------------- */

/* What follows `prefix` in SQLite's message, or NULL. */
static const char *behind(const fault *f, const char *prefix)
{
    size_t len = strlen(prefix);
    return strncmp(f->message, prefix, len) == 0 ? f->message + len : NULL;
}

static bool explain_names(fault *f, int offset)
{
    const char *rest;
    if ((rest = behind(f, "no such table: ")))
        explain_table(f, strrchr(rest, '.') ? strrchr(rest, '.') + 1 : rest, offset);
    else if ((rest = behind(f, "no such column: ")))
        explain_column_path(f, rest, offset);
    else if ((rest = behind(f, "no such function: ")))
        explain_function(f, rest);
    else if ((rest = behind(f, "ambiguous column name: ")))
        explain_ambiguous(f, strrchr(rest, '.') ? strrchr(rest, '.') + 1 : rest);
    else if ((rest = strstr(f->message, " has no column named ")))
        explain_column(f, NULL, rest + strlen(" has no column named "), offset);
    else
        return false;
    return true;
}

static void explain_counts(fault *f)
{
    unsigned values, columns;
    if (sscanf(f->message, "%u values for %u columns", &values, &columns) == 2)
        gen_report(GEN_ERROR, &f->place, "%u value%s for %u column%s", values,
                   values == 1 ? "" : "s", columns, columns == 1 ? "" : "s");
    else if (behind(f, "incomplete input"))
        gen_report(GEN_ERROR, &f->place, "the statement ends too early");
    else if (strstr(f->message, "syntax error"))
        gen_report(GEN_ERROR, &f->place, "SQL syntax error at \"%s\"",
                   f->token < f->tokens.len ? f->tokens.at[f->token].text : "");
    else
        gen_report(GEN_ERROR, &f->place, "SQLite refuses the statement: %s", f->message);
}

void sql_explain(const gen_statement *statement, const sql_schema *schema)
{
    const char *message = sqlite3_errmsg(schema->db);
    int offset = sqlite3_error_offset(schema->db);
    fault f = {.statement = statement,
               .schema = schema,
               .tokens = sql_tokenize(schema->arena, statement->sql),
               .message = gen_copy(schema->arena, message, strlen(message))};
    f.token = f.tokens.len;
    f.place = gen_statement_place(statement, 0, 0);
    if (strcmp(message, "incomplete input") == 0 && f.tokens.len)
        move_to(&f, f.tokens.len - 1);
    for (size_t i = 0; offset >= 0 && i < f.tokens.len; i++)
        if (f.tokens.at[i].offset == (size_t)offset)
            move_to(&f, i);
    if (!explain_names(&f, offset))
        explain_counts(&f);
}
