/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Checks every SQL(..) of a unit against the project's schema.
 */
#include "check/sql.h"

gen_place sql_place(const sql_check *check, size_t first, size_t end)
{
    const sql_token *tokens = check->query->tokens.at;
    const sql_token *last = &tokens[end > first ? end - 1 : first];
    return gen_statement_place(check->statement, tokens[first].offset,
                               last->offset + last->len - tokens[first].offset);
}

/* ---- kinds of statements --------------------------------------------------------------------- */

/* Statements that SQLite would run but that have another place, by their first word. */
static const char *remedy_for(const sql_token *first)
{
    if (SQL_IS_ANY(first, "CREATE", "ALTER", "DROP", "REINDEX"))
        return "the schema is changed by a migration";
    if (SQL_IS_ANY(first, "BEGIN", "COMMIT", "END", "ROLLBACK", "SAVEPOINT", "RELEASE"))
        return "a statement is a transaction of its own";
    if (SQL_IS_ANY(first, "PRAGMA", "ATTACH", "DETACH", "VACUUM", "ANALYZE", "EXPLAIN"))
        return "it takes SELECT, INSERT, UPDATE, DELETE, and these after WITH";
    return NULL;
}

/* Whether the text is one statement of a kind that is taken here. */
static bool check_kind(const gen_statement *statement, const sql_tokens *tokens)
{
    const sql_token *first = &tokens->at[0];
    gen_place place = gen_statement_place(statement, first->offset, first->len);
    if (tokens->len == 0 || sql_is(first, ";")) {
        gen_report(GEN_ERROR, &place, "the statement of \"%s\" is empty",
                   statement->function->name);
        return false;
    }
    const char *remedy = remedy_for(first);
    if (remedy == NULL)
        return true;
    gen_report(GEN_ERROR, &place, "SQL(..) does not take %s", first->text);
    gen_report(GEN_NOTE, &place, "%s", remedy);
    return false;
}

static bool check_single(const gen_statement *statement, const sql_tokens *tokens)
{
    size_t end = SQL_FIND(tokens->at, 0, tokens->len, ";");
    while (end < tokens->len && sql_is(&tokens->at[end], ";"))
        end++;
    if (end >= tokens->len)
        return true;
    const sql_token *second = &tokens->at[end];
    gen_place place = gen_statement_place(statement, second->offset, second->len);
    gen_report(GEN_ERROR, &place, "a second statement begins here");
    gen_report(GEN_NOTE, &place, "declare a prototype for each statement");
    return false;
}

/* An UPDATE or DELETE of everything is rarely meant. */
static void check_where(const sql_check *check)
{
    const sql_query *query = check->query;
    const sql_token *tokens = query->tokens.at;
    const sql_token *verb = &tokens[query->body];
    if (!SQL_IS_ANY(verb, "UPDATE", "DELETE") ||
        SQL_FIND(tokens, query->body, query->tokens.len, "WHERE") < query->tokens.len)
        return;
    gen_place place = sql_place(check, query->body, query->body + 1);
    gen_report(GEN_WARNING, &place, "%s without WHERE changes every row", verb->text);
    gen_report(GEN_NOTE, &place, "if that is meant, write WHERE true");
}

/* ---- all ------------------------------------------------------------------------------------- */

static const sql_query *read_query(const sql_check *check)
{
    bool *optional = gen_alloc(check->schema->arena, check->value_count + 1);
    for (size_t i = 0; i < check->value_count; i++)
        optional[i] = check->values[i]->type.kind == GEN_OPTIONAL;
    sql_query *query = sql_query_read(check->schema, check->statement->sql);
    query->optional_parameters = optional;
    query->parameter_count = check->value_count;
    return query;
}

static void check_prepared(sql_check *check)
{
    gen_statement *statement = check->statement;
    statement->read_only = sqlite3_stmt_readonly(check->prepared) != 0;
    statement->columns = (unsigned)sqlite3_column_count(check->prepared);
    if (!sql_check_prototype(check))
        return;
    check->query = read_query(check);
    sql_check_parameters(check);
    sql_check_result(check);
    check_where(check);
}

static void check_statement(const sql_schema *schema, gen_statement *statement)
{
    sql_tokens tokens = sql_tokenize(schema->arena, statement->sql);
    if (!check_kind(statement, &tokens) || !check_single(statement, &tokens))
        return;
    sql_check check = {.statement = statement, .schema = schema};
    if (sqlite3_prepare_v2(schema->db, statement->sql, -1, &check.prepared, NULL) == SQLITE_OK)
        check_prepared(&check);
    else
        sql_explain(statement, schema);
    sqlite3_finalize(check.prepared);
}

void gen_check_sql(gen_unit *unit)
{
    if (unit->statement_count == 0)
        return;
    if (unit->migrations == NULL) {
        gen_report(GEN_ERROR, &unit->statements[0]->place,
                   "no schema is known to check this statement against");
        gen_report(GEN_NOTE, NULL,
                   "pass --migrations DIR, the folder with 0001_name.sql and so on");
        return;
    }
    sql_schema schema;
    if (sql_schema_open(&schema, unit))
        for (size_t i = 0; i < unit->statement_count; i++)
            check_statement(&schema, unit->statements[i]);
    sql_schema_close(&schema);
}
