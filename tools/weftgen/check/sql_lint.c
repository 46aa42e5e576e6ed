/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * The parts of a statement that its tokens tell on any engine: its verb, its result columns; and
 * what is rarely meant.
 */
#include "check/sql.h"

static const char *const verbs[] = {"SELECT", "INSERT", "REPLACE", "UPDATE",
                                    "DELETE", "VALUES", "MERGE",   NULL};
static const char *const clauses[] = {
    "FROM",   "WHERE",     "GROUP",     "HAVING", "WINDOW", "ORDER", "LIMIT", "UNION",
    "OFFSET", "INTERSECT", "RETURNING", "EXCEPT", "FETCH",  "FOR",   ";",     NULL};

/* FROM that begins a clause, not the one of IS DISTINCT FROM. */
static size_t end_of_items(const sql_token *tokens, size_t at, size_t end)
{
    size_t found = sql_find_in(tokens, at, end, clauses);
    while (found < end && found > at && sql_is(&tokens[found], "FROM") &&
           sql_is(&tokens[found - 1], "DISTINCT"))
        found = sql_find_in(tokens, found + 1, end, clauses);
    return found;
}

/* The tokens of the list of result columns; false: there is none. */
static bool find_items(const sql_check *check, sql_span *items)
{
    const sql_token *tokens = check->tokens.at;
    size_t end = check->tokens.len, verb = sql_find_in(tokens, 0, end, verbs);
    if (verb == end || SQL_IS_ANY(&tokens[verb], "VALUES", "MERGE"))
        return false;
    if (!sql_is(&tokens[verb], "SELECT"))
        verb = SQL_FIND(tokens, verb, end, "RETURNING");
    if (verb == end)
        return false;
    size_t first = verb + 1;
    bool distinct = sql_is(&tokens[first], "DISTINCT");
    first += distinct || sql_is(&tokens[first], "ALL");
    if (distinct && sql_is(&tokens[first], "ON"))
        first = sql_after(tokens, first + 1);
    *items = (sql_span){first, end_of_items(tokens, first, end)};
    return items->first < items->end;
}

static bool is_star(const sql_token *tokens, sql_span item)
{
    return sql_is(&tokens[item.end - 1], "*") &&
           (item.end - item.first == 1 || sql_is(&tokens[item.end - 2], "."));
}

static void split(const sql_check *check, sql_span items, sql_span **spans, size_t *count)
{
    const sql_token *tokens = check->tokens.at;
    size_t first = items.first;
    for (size_t i = first; i <= items.end; i = i < items.end ? sql_after(tokens, i) : i + 1) {
        if (i < items.end && !sql_is(&tokens[i], ","))
            continue;
        if (i > first)
            GEN_PUSH(check->arena, *spans, *count, ((sql_span){first, i}));
        first = i + 1;
    }
}

bool sql_result_spans(const sql_check *check, sql_span **spans, size_t *count)
{
    sql_span items;
    *spans = NULL;
    *count = 0;
    if (!find_items(check, &items))
        return false;
    split(check, items, spans, count);
    for (size_t i = 0; i < *count; i++)
        if (is_star(check->tokens.at, (*spans)[i]))
            return false;
    return true;
}

/* An UPDATE or DELETE of everything is rarely meant. */
static void lint_where(const sql_check *check)
{
    const sql_token *tokens = check->tokens.at;
    size_t end = check->tokens.len, verb = sql_find_in(tokens, 0, end, verbs);
    if (verb == end || !SQL_IS_ANY(&tokens[verb], "UPDATE", "DELETE") ||
        SQL_FIND(tokens, verb, end, "WHERE") < end)
        return;
    gen_place place = sql_place(check, verb, verb + 1);
    gen_report(GEN_WARNING, &place, "%s without WHERE changes every row", tokens[verb].text);
    gen_report(GEN_NOTE, &place, "if that is meant, write WHERE true");
}

static void lint_star(const sql_check *check)
{
    sql_span items, *spans = NULL;
    size_t count = 0;
    if (check->statement->any_columns || !find_items(check, &items))
        return;
    split(check, items, &spans, &count);
    for (size_t i = 0; i < count; i++) {
        if (!is_star(check->tokens.at, spans[i]))
            continue;
        gen_place place = sql_place(check, spans[i].end - 1, spans[i].end);
        gen_report(GEN_WARNING, &place, "* changes its meaning with the next migration");
        gen_report(GEN_NOTE, &place,
                   "name the columns that are wanted, or write ANY_COLUMNS after SQL(..)");
    }
}

void sql_lint(const sql_check *check)
{
    lint_where(check);
    lint_star(check);
}
