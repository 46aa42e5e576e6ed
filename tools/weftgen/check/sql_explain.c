/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Why an engine refuses a statement, said with the names of the schema: where in the literal, and
 * which name was probably meant. Engines give a text, and for most faults an offset; the names in
 * the text are looked up in the statement's tokens when they give none.
 */
#include "check/sql.h"

#include <limits.h>
#include <stdlib.h>
#include <strings.h>

typedef struct names {
    const char **at;
    size_t len;
} names;

typedef struct fault {
    const gen_statement *statement;
    const sql_schema *schema;
    sql_tokens tokens;
    const char *message; /* the engine's */
    names functions;     /* PostgreSQL's */
    gen_place place;
    size_t token; /* where it is, or tokens.len */
} fault;

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
    if (path[0] == ':') { /* a member of a list */
        move_to_name(f, path, offset);
        gen_report(GEN_ERROR, &f->place, "%s stands where its list is not read", path);
        gen_report(GEN_NOTE, &f->place,
                   "LIMIT and OFFSET take parameters; a subselect in FROM needs FROM :list, too");
        return;
    }
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
    names list = f->functions;
    if (f->schema->db == NULL)
        return list;
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

/* "1 values for 2 columns" */
static bool explain_values(fault *f)
{
    static const char middle[] = " values for ";
    char *rest;
    unsigned values = (unsigned)strtoul(f->message, &rest, 10);
    if (rest == f->message || strncmp(rest, middle, strlen(middle)) != 0)
        return false;
    unsigned columns = (unsigned)strtoul(rest + strlen(middle), NULL, 10);
    gen_report(GEN_ERROR, &f->place, "%u value%s for %u column%s", values, values == 1 ? "" : "s",
               columns, columns == 1 ? "" : "s");
    return true;
}

static void explain_statement(fault *f)
{
    if (explain_values(f))
        return;
    if (behind(f, "incomplete input"))
        gen_report(GEN_ERROR, &f->place, "the statement ends too early");
    else if (strstr(f->message, "syntax error"))
        gen_report(GEN_ERROR, &f->place, "SQL syntax error at \"%s\"",
                   f->token < f->tokens.len ? f->tokens.at[f->token].text : "");
    else
        gen_report(GEN_ERROR, &f->place, "SQLite refuses the statement: %s", f->message);
}

static fault start(const gen_statement *statement, const sql_schema *schema, const char *message,
                   gen_engine engine)
{
    fault f = {.statement = statement,
               .schema = schema,
               .tokens = sql_tokenize(schema->arena, statement->sql, engine),
               .message = gen_copy(schema->arena, message, strlen(message))};
    f.token = f.tokens.len;
    f.place = gen_statement_place(statement, 0, 0);
    return f;
}

static void move_to_offset(fault *f, size_t offset)
{
    for (size_t i = 0; i < f->tokens.len; i++)
        if (f->tokens.at[i].offset == offset)
            move_to(f, i);
}

void sql_explain(const gen_statement *statement, const sql_schema *schema)
{
    int offset = sqlite3_error_offset(schema->db);
    fault f = start(statement, schema, sqlite3_errmsg(schema->db), GEN_SQLITE);
    if (strcmp(f.message, "incomplete input") == 0 && f.tokens.len)
        move_to(&f, f.tokens.len - 1);
    if (offset >= 0)
        move_to_offset(&f, (size_t)offset);
    if (!explain_names(&f, offset))
        explain_statement(&f);
}

/* ---- PostgreSQL ------------------------------------------------------------------------------ */

/* What stands in the message between `before`, with which it begins, and `behind`; NULL: it is
 * another message. Quotes around it are dropped. */
static const char *between(const fault *f, const char *before, const char *behind)
{
    const char *first = f->message, *end;
    if (strncmp(first, before, strlen(before)) != 0)
        return NULL;
    first += strlen(before);
    if ((end = strstr(first, behind)) == NULL)
        return NULL;
    if (end - first >= 2 && first[0] == '"' && end[-1] == '"') {
        first++;
        end--;
    }
    return gen_copy(f->schema->arena, first, (size_t)(end - first));
}

/* "users" of "public.users" */
static const char *last_part(const char *name)
{
    const char *dot = strrchr(name, '.');
    return dot ? dot + 1 : name;
}

/* There is no such function, or none of that name takes such values. */
static void explain_call(fault *f, const char *name)
{
    for (size_t i = 0; i < f->functions.len; i++) {
        if (strcasecmp(f->functions.at[i], name) != 0)
            continue;
        gen_report(GEN_ERROR, &f->place, "there is no %s", between(f, "function ", " does not"));
        gen_report(GEN_NOTE, &f->place, "\"%s\" takes values of other types: cast what it is given",
                   name);
        return;
    }
    explain_function(f, name);
}

static bool explain_names_postgres(fault *f, int offset)
{
    const char *name;
    if ((name = between(f, "relation ", " does not exist")))
        explain_table(f, last_part(name), offset);
    else if ((name = between(f, "missing FROM-clause entry for table \"", "\"")))
        gen_report(GEN_ERROR, &f->place, "there is no \"%s\" in this statement", name);
    else if ((name = between(f, "column ", " of relation ")))
        explain_column(f, NULL, name, offset);
    else if ((name = between(f, "column ", " does not exist")))
        explain_column_path(f, name, offset);
    else if ((name = between(f, "column reference ", " is ambiguous")))
        explain_ambiguous(f, name);
    else if ((name = between(f, "function ", "(")) && strstr(f->message, ") does not exist"))
        explain_call(f, last_part(name));
    else
        return false;
    return true;
}

void sql_explain_postgres(const gen_statement *statement, const sql_schema *schema,
                          const sql_refusal *refusal)
{
    fault f = start(statement, schema, refusal->message, GEN_POSTGRES);
    f.functions = (names){refusal->functions, refusal->function_count};
    bool ends = strcmp(f.message, "syntax error at end of input") == 0;
    if (ends && f.tokens.len)
        move_to(&f, f.tokens.len - 1);
    if (refusal->offset != SIZE_MAX)
        move_to_offset(&f, refusal->offset);
    if (explain_names_postgres(&f, refusal->offset < INT_MAX ? (int)refusal->offset : -1))
        return;
    if (ends)
        gen_report(GEN_ERROR, &f.place, "the statement ends too early");
    else if (strstr(f.message, "syntax error") != NULL && f.token < f.tokens.len)
        gen_report(GEN_ERROR, &f.place, "SQL syntax error at \"%s\"", f.tokens.at[f.token].text);
    else
        gen_report(GEN_ERROR, &f.place, "PostgreSQL refuses the statement: %s", f.message);
    if (refusal->hint != NULL)
        gen_report(GEN_NOTE, &f.place, "%s", refusal->hint);
}
