/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * $1, $2, ... against the prototype: each there, each used, and of a type that the column it is
 * stored in or compared with can take. Only what is sure is reported: a parameter that meets an
 * expression, or a column that cannot be traced, passes.
 */
#include "check/sql.h"
#include "check/types.h"

#include <strings.h>

/* What a parameter meets. */
typedef struct meeting {
    const sql_column *column; /* NULL: not known */
    const sql_table *table;
    bool stored; /* INSERT or SET, not a comparison */
} meeting;

/* ---- numbers --------------------------------------------------------------------------------- */

static void report_number(const sql_check *check, size_t at)
{
    gen_place place = sql_place(check, at, at + 1);
    const gen_function *function = check->statement->function;
    gen_report(GEN_ERROR, &place, "there is no %s: \"%s\" has %zu parameter%s to fill in",
               check->tokens.at[at].text, function->name, check->value_count,
               check->value_count == 1 ? "" : "s");
    gen_report(GEN_NOTE, &function->place, "neither the database nor the result counts");
}

/* Every $n has a parameter, every parameter its $n. */
bool sql_check_numbers(const sql_check *check)
{
    const sql_tokens *tokens = &check->tokens;
    bool *used = gen_alloc(check->arena, (check->value_count + 1) * sizeof *used);
    bool ok = true;
    for (size_t i = 0; i < tokens->len; i++) {
        if (tokens->at[i].kind != SQL_PARAMETER)
            continue;
        size_t number = sql_parameter_index(&tokens->at[i]);
        bool there = number < check->value_count;
        if (there)
            used[number] = true;
        else
            report_number(check, i);
        ok &= there;
    }
    for (size_t i = 0; i < check->value_count; i++) {
        if (used[i] || !ok)
            continue;
        gen_report(GEN_ERROR, &check->values[i]->place,
                   "parameter \"%s\" is $%zu, but the statement does not use it",
                   check->values[i]->name, i + 1);
    }
    return ok;
}

const char *sql_parameter_text(const sql_check *check, size_t index)
{
    return check->statement->named ? gen_format(check->arena, ":%s", check->values[index]->name)
                                   : gen_format(check->arena, "$%zu", index + 1);
}

/* ---- what a parameter meets ------------------------------------------------------------------ */

/* The select that token `at` stands in: the innermost around it, or the change. */
static const sql_select *select_around(const sql_query *query, size_t at)
{
    const sql_select *found = query->change == SQL_NONE ? NULL : &query->selects[query->change];
    for (size_t i = 0; i < query->select_count; i++) {
        const sql_select *select = &query->selects[i];
        if (i != query->change && select->at < at && at < select->end)
            found = select;
    }
    return found;
}

/* The column named at the tokens `first` to `last`. */
static meeting meet_column(const sql_query *query, size_t first, size_t last, bool stored)
{
    const sql_token *tokens = query->tokens.at;
    const sql_select *select = select_around(query, last);
    const char *qualifier = first < last ? tokens[first].text : NULL;
    if (select == NULL || !sql_is_name(&tokens[last]) || (query->joined_change && !qualifier))
        return (meeting){0};
    sql_value value = sql_column_value(query, select, qualifier, tokens[last].text, 0);
    return (meeting){.column = value.column, .table = value.table, .stored = stored};
}

/* INSERT INTO table [(columns)] VALUES (.., $n, ..): the column at the same position. */
static meeting meet_insert(const sql_query *query, size_t at)
{
    const sql_token *tokens = query->tokens.at;
    size_t end = query->tokens.len;
    size_t values = SQL_FIND(tokens, query->body, end, "VALUES");
    size_t row = values + 1;
    while (row < end && !(row < at && at < tokens[row].match))
        row = sql_after(tokens, row);
    if (row >= end || !sql_is(&tokens[row], "(") || !SQL_IS_ANY(&tokens[at - 1], "(", ",") ||
        !SQL_IS_ANY(&tokens[at + 1], ",", ")") || query->target == NULL)
        return (meeting){0};
    size_t position = 0;
    for (size_t i = row + 1; i < at; i = sql_after(tokens, i))
        position += sql_is(&tokens[i], ",");
    size_t list = SQL_FIND(tokens, query->body, values, "(");
    const sql_column *column = NULL;
    if (list == values)
        column = position < query->target->column_count ? &query->target->columns[position] : NULL;
    else if (list + 1 + 2 * position < tokens[list].match)
        column = sql_table_column(query->target, tokens[list + 1 + 2 * position].text);
    return (meeting){.column = column, .table = query->target, .stored = true};
}

/* Whether the assignment that begins at `at` is one of SET's. */
static bool is_in_set(const sql_query *query, size_t at)
{
    const sql_token *tokens = query->tokens.at;
    while (at-- > 0) {
        if (sql_is(&tokens[at], "SET"))
            return true;
        if (SQL_IS_ANY(&tokens[at], "(", "WHERE", "FROM", "SELECT", "VALUES", "RETURNING"))
            return false;
        at = sql_is(&tokens[at], ")") ? tokens[at].match : at;
    }
    return false;
}

static bool is_comparison(const sql_token *token)
{
    return SQL_IS_ANY(token, "=", "==", "<>", "!=", "<", "<=", ">", ">=");
}

static bool begins_term(const sql_token *token)
{
    return SQL_IS_ANY(token, "WHERE", "AND", "OR", "ON", "(", "WHEN", "HAVING", "NOT");
}

static bool ends_term(const sql_token *token)
{
    return token->kind == SQL_END ||
           SQL_IS_ANY(token, "AND", "OR", ")", ";", "GROUP", "ORDER", "LIMIT", "THEN", "RETURNING",
                      "WHERE", "UNION", "INTERSECT", "EXCEPT", "HAVING", "WINDOW");
}

/* column = $n, with the tokens that must stand around such a term. */
static meeting meet_left(const sql_query *query, size_t at)
{
    const sql_token *tokens = query->tokens.at;
    if (at < 3 || !is_comparison(&tokens[at - 1]))
        return (meeting){0};
    size_t last = at - 2;
    size_t first = last >= 2 && sql_is(&tokens[last - 1], ".") ? last - 2 : last;
    if (first == 0)
        return (meeting){0};
    const sql_token *before = &tokens[first - 1];
    bool assigns = SQL_IS_ANY(before, "SET", ",") && first == last &&
                   sql_is(&tokens[at - 1], "=") && is_in_set(query, first);
    if (assigns && (ends_term(&tokens[at + 1]) || SQL_IS_ANY(&tokens[at + 1], ",", "FROM"))) {
        const sql_column *column = query->target
                                       ? sql_table_column(query->target, tokens[last].text)
                                       : NULL;
        return (meeting){.column = column, .table = query->target, .stored = true};
    }
    if (!begins_term(before) || !ends_term(&tokens[at + 1]))
        return (meeting){0};
    return meet_column(query, first, last, false);
}

/* $n = column */
static meeting meet_right(const sql_query *query, size_t at)
{
    const sql_token *tokens = query->tokens.at;
    if (at == 0 || !begins_term(&tokens[at - 1]) || !is_comparison(&tokens[at + 1]))
        return (meeting){0};
    size_t first = at + 2;
    size_t last = sql_is(&tokens[first + 1], ".") ? first + 2 : first;
    if (last >= query->tokens.len || !ends_term(&tokens[last + 1]))
        return (meeting){0};
    return meet_column(query, first, last, false);
}

static meeting meet(const sql_query *query, size_t at)
{
    meeting found = {0};
    if (SQL_IS_ANY(&query->tokens.at[query->body], "INSERT", "REPLACE"))
        found = meet_insert(query, at);
    if (found.column == NULL)
        found = meet_left(query, at);
    if (found.column == NULL)
        found = meet_right(query, at);
    return found;
}

/* ---- types ----------------------------------------------------------------------------------- */

static const char *wanted_type(sql_type type)
{
    return type == SQL_INTEGER ? "int64_t" : type == SQL_REAL ? "double" : "str";
}

/* True when a column of this type is never meant to be given such a value. */
static bool refuses(sql_type column, const gen_type *c)
{
    gen_kind kind = c->kind == GEN_OPTIONAL ? c->element->kind : c->kind;
    bool text = gen_is_text(kind) || gen_is_json(kind), bytes = kind == GEN_BYTES;
    switch (column) {
    case SQL_INTEGER: return text || bytes || kind == GEN_FLOAT || kind == GEN_DOUBLE;
    case SQL_REAL: return text || bytes;
    case SQL_TEXT: return !text;
    case SQL_ANY:
    case SQL_NUMERIC: return kind == GEN_DECIMAL; /* it would become a binary fraction */
    case SQL_BLOB: break;
    }
    return false;
}

static void check_type(const sql_check *check, size_t at, size_t index, const meeting *with)
{
    const gen_parameter *parameter = check->values[index];
    gen_place place = sql_place(check, at, at + 1);
    const char *text = sql_parameter_text(check, index);
    const sql_column *column = with->column;
    if (refuses(column->type, &parameter->type)) {
        gen_report(GEN_ERROR, &place, "%s is %s, but column \"%s\" of \"%s\" is %s", text,
                   gen_type_name(check->arena, &parameter->type), column->name, with->table->name,
                   column->declared);
        if (gen_value_type(&parameter->type)->kind == GEN_DECIMAL)
            gen_report(GEN_NOTE, &parameter->place, "a decimal keeps its digits in a TEXT column");
        else
            gen_report(GEN_NOTE, &parameter->place, "declare \"%s\" as %s", parameter->name,
                       wanted_type(column->type));
    } else if (with->stored && check->optional[index] && column->not_null && !column->is_rowid) {
        sql_report_null_stored(
            check, at, index,
            gen_format(check->arena, "column \"%s\" of \"%s\"", column->name, with->table->name));
    }
}

void sql_report_null_stored(const sql_check *check, size_t at, size_t index, const char *where)
{
    const gen_parameter *parameter = check->values[index];
    gen_place place = sql_place(check, at, at + 1);
    const char *text = sql_parameter_text(check, index);
    gen_report(GEN_ERROR, &place, "%s may be NULL, but %s is NOT NULL", text, where);
    gen_report(GEN_NOTE, &parameter->place, "declare \"%s\" as %s, or write COALESCE(%s, ..)",
               parameter->name, gen_type_name(check->arena, parameter->type.element), text);
}

/* `($1 IS NULL OR name = $1)` is how an optional filter is written. */
static bool is_tested_for_null(const sql_check *check, const char *text)
{
    const sql_tokens *tokens = &check->tokens;
    for (size_t i = 0; i < tokens->len; i++)
        if (strcmp(tokens->at[i].text, text) == 0 &&
            SQL_IS_ANY(&tokens->at[i + 1], "IS", "ISNULL", "NOTNULL", "NOT"))
            return true;
    return false;
}

static void check_equality(const sql_check *check, size_t at, size_t index, const meeting *with)
{
    const sql_token *token = &check->tokens.at[at];
    if (with->stored || !check->optional[index] ||
        !(SQL_IS_ANY(token - 1, "=", "==") || SQL_IS_ANY(token + 1, "=", "==")) ||
        is_tested_for_null(check, token->text))
        return;
    gen_place place = sql_place(check, at, at + 1);
    const char *text = sql_parameter_text(check, index);
    gen_report(GEN_WARNING, &place, "%s may be NULL, and nothing equals NULL", text);
    gen_report(GEN_NOTE, &place, "write \"%s IS %s\" to find the rows without a value",
               with->column->name, text);
}

static void check_limit(const sql_check *check, size_t at, size_t index)
{
    const sql_token *word = &check->tokens.at[at - 1];
    const gen_parameter *parameter = check->values[index];
    if (!SQL_IS_ANY(word, "LIMIT", "OFFSET") || gen_is_integer(parameter->type.kind))
        return;
    gen_place place = sql_place(check, at, at + 1);
    gen_report(GEN_ERROR, &place, "%s takes an integer, but %s is %s", word->text,
               sql_parameter_text(check, index), gen_type_name(check->arena, &parameter->type));
    gen_report(GEN_NOTE, &parameter->place, "declare \"%s\" as int64_t", parameter->name);
}

void sql_check_parameters(const sql_check *check)
{
    const sql_tokens *tokens = &check->tokens;
    for (size_t i = 1; i < tokens->len; i++) {
        if (tokens->at[i].kind != SQL_PARAMETER)
            continue;
        size_t index = sql_parameter_index(&tokens->at[i]);
        check_limit(check, i, index);
        meeting with = meet(check->query, i);
        if (with.column == NULL)
            continue;
        check_type(check, i, index, &with);
        check_equality(check, i, index, &with);
    }
}
