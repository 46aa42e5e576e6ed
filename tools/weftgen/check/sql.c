/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Checks every SQL(..) of a unit: what holds of any engine first, then against SQLite, then against
 * PostgreSQL. What one refuses the next is not asked about.
 */
#include "check/sql.h"

gen_place sql_place(const sql_check *check, size_t first, size_t end)
{
    const sql_token *tokens = check->tokens.at;
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

/* Parameters and columns are judged where they are of one row; of a whole list the engine says
 * whether it takes the text, and the columns must be the same. */
void sql_check_whole(const sql_check *check, size_t columns, size_t in_row)
{
    if (columns == in_row)
        return;
    gen_report(GEN_ERROR, &check->statement->place, "* takes in columns of the list, too");
    gen_report(GEN_NOTE, &check->statement->place, "name the columns that are wanted");
}

/* ---- against SQLite -------------------------------------------------------------------------- */

static void check_prepared(sql_check *check)
{
    gen_statement *statement = check->statement;
    unsigned given = (unsigned)sqlite3_column_count(check->prepared);
    if (check->whole) {
        sql_check_whole(check, given, statement->columns);
        return;
    }
    statement->columns = given;
    sql_query *query = sql_query_read(check->schema, statement->sql);
    query->optional_parameters = check->optional;
    query->parameter_count = check->value_count;
    check->query = query;
    if (!sql_check_numbers(check))
        return;
    sql_check_parameters(check);
    size_t count;
    const sql_column_out *columns = sql_sqlite_columns(check, &count);
    sql_check_result(check, columns, count);
}

static void check_sqlite(const sql_schema *schema, sql_check *check)
{
    check->schema = schema;
    if (sqlite3_prepare_v2(schema->db, check->statement->sql, -1, &check->prepared, NULL) ==
        SQLITE_OK) {
        check->variant->read_only = sqlite3_stmt_readonly(check->prepared) != 0;
        check_prepared(check);
    } else {
        sql_explain(check->statement, schema);
    }
    sqlite3_finalize(check->prepared);
    check->prepared = NULL;
}

/* ---- all ------------------------------------------------------------------------------------- */

void sql_take_text(sql_check *check)
{
    const gen_sql_text *variant = check->variant;
    gen_statement *given = gen_alloc(check->arena, sizeof *given);
    *given = *check->statement;
    given->sql = variant->sql[check->engine];
    given->pieces = variant->pieces[check->engine];
    given->piece_count = variant->piece_count[check->engine];
    check->statement = given;
    check->tokens = sql_tokenize(check->arena, given->sql, check->engine);
    check->value_count = variant->value_count;
}

/* The check of one of a statement's texts, as `engine` is given it. */
static sql_check check_of(const sql_check *whole, size_t index, gen_engine engine)
{
    const gen_statement *statement = whole->statement;
    sql_check check = *whole;
    check.variant = &statement->texts[index];
    check.whole = statement->bulk && index == 1;
    check.engine = engine;
    if (check.variant->sql[engine] == NULL) /* not yet: see sql_expand_list */
        return check;
    sql_take_text(&check);
    check.values = gen_alloc(check.arena, (check.value_count + 1) * sizeof *check.values);
    bool *optional = gen_alloc(check.arena, check.value_count + 1);
    for (size_t i = 0; i < check.value_count; i++) {
        unsigned value = check.variant->values[i];
        bool decides = false; /* it is there, else this text is not used */
        for (size_t k = 0; k < statement->choice_count; k++)
            decides |= (index >> k & 1) && (statement->choices[k] >> value & 1);
        check.values[i] = whole->values[value];
        optional[i] = check.values[i]->type.kind == GEN_OPTIONAL && !decides;
    }
    check.optional = optional;
    return check;
}

/* What the check found out, back to the statement. */
static void keep(gen_statement *statement, const sql_check *check)
{
    if (check->whole)
        return;
    statement->columns = check->statement->columns;
    if (statement->column_of_field != NULL)
        return;
    statement->column_of_field = check->statement->column_of_field;
    statement->nested = check->statement->nested;
    statement->column_of_nested = check->statement->column_of_nested;
}

/* What does not depend on an engine; false: there is no use in asking one. */
static bool check_form(sql_check *check, const gen_unit *unit)
{
    gen_statement *statement = check->statement;
    check->tokens = sql_tokenize(unit->arena, statement->sql,
                                 unit->engines[GEN_POSTGRES] ? GEN_POSTGRES : GEN_SQLITE);
    return check_kind(statement, &check->tokens) && check_single(statement, &check->tokens) &&
           sql_check_prototype(check) && sql_expand(check, unit->engines);
}

typedef struct sql_checks {
    sql_check *at; /* of those that nothing was found wrong with */
    size_t len;
} sql_checks;

static void check_all_sqlite(gen_unit *unit, sql_checks *list)
{
    sql_schema schema;
    size_t kept = 0;
    bool open = sql_schema_open(&schema, unit);
    for (size_t i = 0; open && i < list->len; i++) {
        gen_statement *statement = list->at[i].statement;
        unsigned errors = gen_error_count();
        for (size_t k = 0; k < statement->text_count && errors == gen_error_count(); k++) {
            sql_check check = check_of(&list->at[i], k, GEN_SQLITE);
            check_sqlite(&schema, &check);
            keep(statement, &check);
        }
        if (errors == gen_error_count())
            list->at[kept++] = list->at[i];
    }
    list->len = kept;
    sql_schema_close(&schema);
}

static void check_all_postgres(gen_unit *unit, sql_checks *list)
{
    sql_checks all = {0};
    size_t kept = 0;
    for (size_t i = 0; i < list->len; i++) {
        unsigned errors = gen_error_count();
        for (size_t k = 0; k < list->at[i].statement->text_count; k++) {
            GEN_PUSH(unit->arena, all.at, all.len, check_of(&list->at[i], k, GEN_POSTGRES));
            if (errors == gen_error_count() && !all.at[all.len - 1].whole)
                (void)!sql_check_numbers(&all.at[all.len - 1]);
        }
        if (errors == gen_error_count())
            list->at[kept++] = list->at[i];
        else
            all.len -= list->at[i].statement->text_count;
    }
    list->len = kept;
    if (all.len == 0)
        return;
    if (!sql_check_postgres(unit, all.at, all.len))
        return;
    size_t next = 0;
    for (size_t i = 0; i < list->len; i++) {
        gen_statement *statement = list->at[i].statement;
        for (size_t k = 0; k < statement->text_count; k++, next++)
            keep(statement, &all.at[next]);
    }
}

static bool report_no_schema(const gen_unit *unit)
{
    if (!unit->engines[GEN_SQLITE] || unit->migrations != NULL)
        return false;
    gen_report(GEN_ERROR, &unit->statements[0]->place,
               "no schema is known to check this statement against");
    gen_report(GEN_NOTE, NULL, "pass --migrations DIR, the folder with 0001_name.sql and so on");
    return true;
}

void gen_check_sql(gen_unit *unit)
{
    sql_checks list = {0};
    if (unit->statement_count == 0 || report_no_schema(unit))
        return;
    for (size_t i = 0; i < unit->statement_count; i++) {
        sql_check check = {.arena = unit->arena, .statement = unit->statements[i]};
        if (!check_form(&check, unit))
            continue;
        sql_lint(&check);
        GEN_PUSH(unit->arena, list.at, list.len, check);
    }
    if (unit->engines[GEN_SQLITE])
        check_all_sqlite(unit, &list);
    if (unit->engines[GEN_POSTGRES])
        check_all_postgres(unit, &list);
}
