/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * The structure of a statement: its selects, what they read from, and which of that an outer join
 * may leave empty. One pass over the tokens finds every SELECT, nested ones too, without recursion;
 * SQLite has accepted the statement before, so that the grammar itself is not checked again.
 */
#include "check/sql.h"

#include <strings.h>

/* A common table expression of the statement's own WITH. */
typedef struct table_expression {
    const char *name;
    const char **columns; /* NULL when it names none */
    size_t column_count;
    size_t at; /* the token of its first SELECT */
} table_expression;

typedef struct reading {
    sql_query *query;
    sql_token *tokens;
    weft_arena *arena;
    table_expression *expressions;
    size_t expression_count;
} reading;

/* One level of parentheses inside FROM. */
typedef struct join_level {
    size_t first;  /* its first source */
    bool optional; /* the operand after the join word may be missing */
} join_level;

/* ---- WITH ------------------------------------------------------------------------------------ */

static void read_expression_columns(reading *r, table_expression *to, size_t open)
{
    size_t close = r->tokens[open].match;
    to->columns = gen_alloc(r->arena, (close - open) * sizeof(const char *));
    for (size_t i = open + 1; i < close; i++)
        if (sql_is_name(&r->tokens[i]))
            to->columns[to->column_count++] = r->tokens[i].text;
}

/* WITH [RECURSIVE] name [(columns)] AS [[NOT] MATERIALIZED] (select), ... */
static void read_with(reading *r)
{
    size_t end = r->query->tokens.len;
    if (!sql_is(&r->tokens[0], "WITH"))
        return;
    r->expressions = gen_alloc(r->arena, end * sizeof(table_expression));
    size_t at = 1 + sql_is(&r->tokens[1], "RECURSIVE");
    while (at < end) {
        table_expression *to = &r->expressions[r->expression_count++];
        *to = (table_expression){.name = r->tokens[at].text};
        if (sql_is(&r->tokens[at + 1], "("))
            read_expression_columns(r, to, at + 1);
        size_t open = SQL_FIND(r->tokens, SQL_FIND(r->tokens, at, end, "AS"), end, "(");
        to->at = open + 1;
        at = sql_after(r->tokens, open);
        if (at >= end || !sql_is(&r->tokens[at], ","))
            break;
        at++;
    }
    r->query->body = at;
}

static const table_expression *find_expression(const reading *r, const char *name)
{
    const table_expression *found = NULL;
    for (size_t i = 0; i < r->expression_count; i++)
        if (strcasecmp(r->expressions[i].name, name) == 0)
            found = &r->expressions[i];
    return found;
}

/* Whether a WITH of a nested select may give `name` another meaning. */
static bool is_shadowed(const reading *r)
{
    for (size_t i = 1; i < r->query->tokens.len; i++)
        if (sql_is(&r->tokens[i], "WITH"))
            return true;
    return false;
}

/* ---- FROM ------------------------------------------------------------------------------------ */

static const char *const join_words[] = {"JOIN",  "LEFT",  "RIGHT", "FULL",    "INNER",
                                         "OUTER", "CROSS", ",",     "NATURAL", NULL};
static const char *const clause_words[] = {"FROM",      "WHERE", "GROUP", "HAVING",    "WINDOW",
                                           "ORDER",     "LIMIT", "UNION", "INTERSECT", "EXCEPT",
                                           "RETURNING", ";",     NULL};

static sql_source *add_source(sql_select *select, sql_source source)
{
    select->sources[select->source_count] = source;
    return &select->sources[select->source_count++];
}

/* [AS] alias after an operand; returns the token behind it. */
static size_t read_alias(const reading *r, size_t at, size_t end, const char **name)
{
    if (at < end && sql_is(&r->tokens[at], "AS"))
        at++;
    else if (at >= end || !sql_is_name(&r->tokens[at]) ||
             SQL_IS_ANY(&r->tokens[at], "ON", "USING", "INDEXED", "NOT", "SET", "DEFAULT", "VALUES",
                        "SELECT") ||
             sql_is_in(&r->tokens[at], join_words) || sql_is_in(&r->tokens[at], clause_words))
        return at;
    if (at < end)
        *name = r->tokens[at++].text;
    return at;
}

/* [schema.]name, with arguments when it is a table-valued function. */
static size_t read_named_source(reading *r, sql_select *select, size_t at, size_t end)
{
    bool qualified = at + 2 < end && sql_is(&r->tokens[at + 1], ".");
    if (qualified)
        at += 2;
    const char *name = r->tokens[at++].text;
    sql_source source = {.name = name, .select = SQL_NONE};
    const table_expression *expression = qualified ? NULL : find_expression(r, name);
    if (at < end && sql_is(&r->tokens[at], "(")) {
        at = sql_after(r->tokens, at);
    } else if (expression && !is_shadowed(r)) {
        source.select = expression->at; /* a token; becomes the select's index when all are read */
        source.columns = expression->columns;
        source.column_count = expression->column_count;
    } else if (!expression && !is_shadowed(r)) {
        source.table = sql_schema_table(r->query->schema, name);
    }
    at = read_alias(r, at, end, &source.name);
    add_source(select, source);
    return at;
}

static size_t read_subselect_source(reading *r, sql_select *select, size_t open, size_t end)
{
    sql_source source = {.select = sql_is(&r->tokens[open + 1], "WITH") ? SQL_NONE : open + 1};
    size_t at = read_alias(r, sql_after(r->tokens, open), end, &source.name);
    add_source(select, source);
    return at;
}

static void make_optional(sql_select *select, size_t first)
{
    for (size_t i = first; i < select->source_count; i++)
        select->sources[i].optional = true;
}

/* The words of one join operator; returns the token behind it. */
static size_t read_join(const reading *r, sql_select *select, size_t at, size_t end,
                        join_level *level)
{
    bool left = false, right = false;
    for (; at < end && sql_is_in(&r->tokens[at], join_words); at++) {
        left |= SQL_IS_ANY(&r->tokens[at], "LEFT", "FULL");
        right |= SQL_IS_ANY(&r->tokens[at], "RIGHT", "FULL");
        select->merged |= sql_is(&r->tokens[at], "NATURAL");
    }
    if (right)
        make_optional(select, level->first);
    level->optional = left;
    return at;
}

/* ON .. or USING (..) or INDEXED BY ..: up to the next join word. */
static size_t skip_constraint(const reading *r, sql_select *select, size_t at, size_t end)
{
    while (at < end && !sql_is(&r->tokens[at], ")")) {
        /* after a dot, LEFT and its like are ordinary names */
        if (sql_is_in(&r->tokens[at], join_words) && !sql_is(&r->tokens[at - 1], "."))
            break;
        select->merged |= sql_is(&r->tokens[at], "USING");
        at = sql_after(r->tokens, at);
    }
    return at;
}

static void read_from(reading *r, sql_select *select, size_t at, size_t end)
{
    join_level *levels = gen_alloc(r->arena, (end - at + 2) * sizeof(join_level));
    size_t depth = 0;
    levels[0] = (join_level){.first = select->source_count};
    while (at < end) {
        bool open = sql_is(&r->tokens[at], "(");
        if (open && !SQL_IS_ANY(&r->tokens[at + 1], "SELECT", "VALUES", "WITH")) {
            levels[++depth] = (join_level){.first = select->source_count};
            at++;
            continue;
        }
        size_t first = select->source_count;
        at = open ? read_subselect_source(r, select, at, end)
                  : read_named_source(r, select, at, end);
        for (;;) { /* the operand from source `first` on is complete */
            if (levels[depth].optional)
                make_optional(select, first);
            at = skip_constraint(r, select, at, end);
            if (at >= end || depth == 0 || !sql_is(&r->tokens[at], ")"))
                break;
            first = levels[depth--].first;
            const char *alias = NULL;
            at = read_alias(r, at + 1, end, &alias);
            if (alias)
                add_source(select, (sql_source){.name = alias, .select = SQL_NONE});
        }
        at = read_join(r, select, at, end, &levels[depth]);
    }
}

/* ---- SELECT ---------------------------------------------------------------------------------- */

/* FROM that begins a clause, not the one of IS DISTINCT FROM. */
static size_t find_from(const sql_token *tokens, size_t at, size_t end)
{
    size_t found = SQL_FIND(tokens, at, end, "FROM");
    while (found < end && sql_is(&tokens[found - 1], "DISTINCT") && found - 1 > at)
        found = SQL_FIND(tokens, found + 1, end, "FROM");
    return found;
}

/* The number of arguments of the call whose parenthesis opens at `open`. */
static size_t count_arguments(const sql_token *tokens, size_t open)
{
    size_t count = open + 1 < tokens[open].match;
    for (size_t i = open + 1; i < tokens[open].match; i = sql_after(tokens, i))
        count += sql_is(&tokens[i], ",");
    return count;
}

/* Whether the call at `at` has OVER: then it is a window function. */
static bool is_windowed(const sql_token *tokens, size_t at)
{
    size_t behind = sql_after(tokens, at + 1);
    if (sql_is(&tokens[behind], "FILTER"))
        behind = sql_after(tokens, behind + 1);
    return sql_is(&tokens[behind], "OVER");
}

/* Aggregate functions of this select itself; nested selects have their own. */
static bool calls_aggregate(const sql_token *tokens, size_t at, size_t end)
{
    for (; at + 1 < end; at++) {
        if (sql_is(&tokens[at], "(") && SQL_IS_ANY(&tokens[at + 1], "SELECT", "WITH", "VALUES"))
            at = tokens[at].match;
        else if (sql_is_name(&tokens[at]) && sql_is(&tokens[at + 1], "(") &&
                 sql_is_aggregate(tokens[at].text, count_arguments(tokens, at + 1)) &&
                 !is_windowed(tokens, at))
            return true;
    }
    return false;
}

static void read_clauses(reading *r, sql_select *select, size_t from, size_t end)
{
    sql_token *tokens = r->tokens;
    size_t behind = end;
    if (from < end) {
        behind = sql_find_in(tokens, from + 1, end, clause_words);
        read_from(r, select, from + 1, behind);
    }
    select->grouped = SQL_FIND(tokens, behind, end, "GROUP") < end;
    select->filtered = SQL_FIND(tokens, behind, end, "HAVING", "LIMIT") < end;
    select->aggregate = calls_aggregate(tokens, select->items_at, end) ||
                        SQL_FIND(tokens, behind, end, "HAVING") < end;
}

static void read_select(reading *r, sql_select *select, size_t at, size_t limit)
{
    sql_token *tokens = r->tokens;
    size_t end = SQL_FIND(tokens, at, limit, "UNION", "INTERSECT", "EXCEPT", "RETURNING", ";", ")");
    select->at = at;
    select->end = end;
    select->next = SQL_NONE;
    select->opaque = sql_is(&tokens[at], "VALUES");
    select->items_at = at + 1 + SQL_IS_ANY(&tokens[at + 1], "DISTINCT", "ALL");
    select->sources = gen_alloc(r->arena, (end - at + 1) * sizeof(sql_source));
    size_t from = find_from(tokens, select->items_at, end);
    select->items_end = from < end ? from
                                   : sql_find_in(tokens, select->items_at, end, clause_words);
    if (!select->opaque)
        read_clauses(r, select, from, end);
    if (end < limit && SQL_IS_ANY(&tokens[end], "UNION", "INTERSECT", "EXCEPT"))
        select->next = end + 1 + sql_is(&tokens[end + 1], "ALL"); /* a token, see link_selects */
}

static size_t enclosing_end(const sql_tokens *tokens, const size_t *closes, size_t depth)
{
    return depth ? closes[depth - 1] : tokens->len;
}

/* Every SELECT and VALUES of the statement, whatever its depth. */
static void read_selects(reading *r)
{
    sql_query *query = r->query;
    size_t *closes = gen_alloc(r->arena, (query->tokens.len + 1) * sizeof(size_t));
    size_t depth = 0;
    for (size_t i = 0; i < query->tokens.len; i++) {
        sql_token *token = &r->tokens[i];
        if (sql_is(token, "(") && token->match > i)
            closes[depth++] = token->match;
        else if (sql_is(token, ")") && depth)
            depth--;
        if (!SQL_IS_ANY(token, "SELECT", "VALUES") || (i && sql_is(token - 1, ".")))
            continue;
        sql_select *select = &query->selects[query->select_count++];
        *select = (sql_select){0};
        read_select(r, select, i, enclosing_end(&query->tokens, closes, depth));
        if (depth == 0 && query->result == SQL_NONE)
            query->result = query->select_count - 1;
    }
}

/* ---- changes --------------------------------------------------------------------------------- */

static void read_target(reading *r, size_t at)
{
    sql_query *query = r->query;
    size_t end = query->tokens.len;
    if (at < end && sql_is(&r->tokens[at], "OR"))
        at += 2;
    if (at < end && SQL_IS_ANY(&r->tokens[at], "INTO", "FROM"))
        at++;
    if (at + 2 < end && sql_is(&r->tokens[at + 1], "."))
        at += 2;
    if (at >= end)
        return;
    query->target = sql_schema_table(query->schema, r->tokens[at].text);
    query->target_name = r->tokens[at].text;
    read_alias(r, at + 1, end, &query->target_name);
}

/* INSERT, UPDATE, DELETE: the result columns are those of RETURNING. */
static void read_change(reading *r)
{
    sql_query *query = r->query;
    size_t end = SQL_FIND(r->tokens, 0, query->tokens.len, ";");
    read_target(r, r->query->body + 1);
    size_t returning = SQL_FIND(r->tokens, r->query->body, end, "RETURNING");
    sql_select *select = &query->selects[query->select_count];
    *select = (sql_select){
        .at = returning, .end = end, .items_at = returning + 1, .items_end = end, .next = SQL_NONE};
    select->sources = gen_alloc(r->arena, sizeof(sql_source));
    add_source(select, (sql_source){
                           .name = query->target_name, .table = query->target, .select = SQL_NONE});
    query->change = query->select_count++;
    query->result = returning < end ? query->change : SQL_NONE;
    query->joined_change = sql_is(&r->tokens[r->query->body], "UPDATE") &&
                           find_from(r->tokens, r->query->body, returning) < returning;
}

/* ---- all ------------------------------------------------------------------------------------- */

static size_t select_at(const sql_query *query, size_t token)
{
    for (size_t i = 0; token != SQL_NONE && i < query->select_count; i++)
        if (query->selects[i].at == token)
            return i;
    return SQL_NONE;
}

/* Until here selects were named by their first token, because not all had been read. */
static void link_selects(sql_query *query)
{
    for (size_t i = 0; i < query->select_count; i++) {
        sql_select *select = &query->selects[i];
        if (select->next != SQL_NONE) {
            select->next = select_at(query, select->next);
            select->opaque |= select->next == SQL_NONE;
        }
        for (size_t j = 0; j < select->source_count; j++)
            select->sources[j].select = select_at(query, select->sources[j].select);
    }
}

sql_query *sql_query_read(const sql_schema *schema, const char *sql)
{
    sql_query *query = gen_alloc(schema->arena, sizeof(sql_query));
    *query = (sql_query){.schema = schema,
                         .tokens = sql_tokenize(schema->arena, sql, GEN_SQLITE),
                         .change = SQL_NONE,
                         .result = SQL_NONE};
    query->selects = gen_alloc(schema->arena, (query->tokens.len + 1) * sizeof(sql_select));
    reading r = {.query = query, .tokens = query->tokens.at, .arena = schema->arena};
    read_with(&r);
    read_selects(&r);
    if (SQL_IS_ANY(&r.tokens[query->body], "INSERT", "REPLACE", "UPDATE", "DELETE"))
        read_change(&r);
    link_selects(query);
    return query;
}
