/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * What an expression gives: its type, and whether it can be NULL. Precedence climbing over the
 * tokens (https://sqlite.org/lang_expr.html); what is not understood, or nested deeper than
 * SQL_DEPTH_MAX, is an unknown value that may be NULL.
 */
#include "check/sql.h"

#include <stdlib.h>
#include <strings.h>

enum { arguments_max = 32 };

static const sql_value unknown = {.reason = "the expression may be NULL"};

/* The part of the statement that an expression is read from. */
typedef struct reader {
    const sql_query *query;
    const sql_select *select;
    size_t at, end;
    unsigned depth;
} reader;

static const sql_token *peek(const reader *r)
{
    static const sql_token nothing = {.kind = SQL_END, .text = ""};
    return r->at < r->end ? &r->query->tokens.at[r->at] : &nothing;
}

static bool accept(reader *r, const char *word)
{
    bool is = sql_is(peek(r), word);
    r->at += is;
    return is;
}

static sql_value known(sql_type type)
{
    return (sql_value){.type = type, .present = true};
}

/* A value computed from `a` and `b`: NULL when one of them is. */
static sql_value from_both(sql_type type, sql_value a, sql_value b)
{
    return (sql_value){
        .type = type, .present = a.present && b.present, .reason = a.present ? b.reason : a.reason};
}

static sql_type wider(sql_type a, sql_type b)
{
    if (a == SQL_REAL || b == SQL_REAL)
        return a == SQL_ANY || b == SQL_ANY ? SQL_ANY : SQL_REAL;
    return a == SQL_INTEGER && b == SQL_INTEGER ? SQL_INTEGER : SQL_ANY;
}

sql_value sql_either(sql_value a, sql_value b)
{
    return from_both(a.type == b.type ? a.type : SQL_ANY, a, b);
}

static sql_value read_level(reader *r, unsigned level);

static sql_value read_all(reader *r)
{
    if (r->depth >= SQL_DEPTH_MAX) {
        r->at = r->end;
        return unknown;
    }
    r->depth++;
    sql_value value = read_level(r, 0);
    r->depth--;
    return value;
}

/* The contents of a parenthesis that is not looked into. */
static void skip_parenthesis(reader *r)
{
    if (sql_is(peek(r), "("))
        r->at = peek(r)->match + 1;
}

/* ---- operands -------------------------------------------------------------------------------- */

/* ( select ): one row at most. An aggregate without GROUP BY always gives one. */
static sql_value read_subselect(reader *r)
{
    const sql_query *query = r->query;
    size_t inside = r->at + 1;
    skip_parenthesis(r);
    for (size_t i = 0; i < query->select_count; i++) {
        const sql_select *select = &query->selects[i];
        if (select->at != inside)
            continue;
        const sql_outputs *outputs = sql_outputs_of(query, i, r->depth + 1);
        if (!outputs->known || outputs->len != 1)
            return unknown;
        sql_value value = outputs->at[0].value;
        bool has_row = select->aggregate && !select->grouped && !select->filtered &&
                       select->next == SQL_NONE;
        if (value.present && !has_row)
            value.reason = "the subselect may find no row";
        value.present &= has_row;
        value.column = NULL;
        return value;
    }
    return unknown;
}

static sql_value read_parenthesis(reader *r)
{
    const sql_token *next = peek(r) + 1;
    if (sql_is(next, "SELECT") || sql_is(next, "WITH") || sql_is(next, "VALUES"))
        return read_subselect(r);
    size_t end = r->end, close = peek(r)->match;
    r->at++;
    r->end = close;
    sql_value value = read_all(r);
    bool whole = r->at == close;
    r->at = close + 1;
    r->end = end;
    return whole ? value : unknown; /* (a, b) is a row value */
}

/* CASE [base] WHEN .. THEN .. [ELSE ..] END, behind CASE */
static sql_value read_case(reader *r)
{
    sql_value value = {0};
    size_t results = 0;
    bool otherwise = false;
    if (!sql_is(peek(r), "WHEN"))
        read_all(r);
    while (accept(r, "WHEN")) {
        read_all(r);
        if (!accept(r, "THEN"))
            return unknown;
        sql_value result = read_all(r);
        value = results++ ? sql_either(value, result) : result;
    }
    if (accept(r, "ELSE")) {
        otherwise = true;
        value = sql_either(value, read_all(r));
    }
    value.column = NULL;
    if (value.present && !otherwise)
        value.reason = "CASE without ELSE is NULL when nothing matches";
    value.present &= otherwise;
    return accept(r, "END") ? value : unknown;
}

/* CAST (value AS type), behind CAST */
static sql_value read_cast(reader *r)
{
    if (!sql_is(peek(r), "("))
        return unknown;
    size_t end = r->end, close = peek(r)->match;
    r->at++;
    r->end = close;
    sql_value value = read_all(r);
    sql_type type = accept(r, "AS") ? sql_type_of(peek(r)->text) : SQL_ANY;
    r->at = close + 1;
    r->end = end;
    return from_both(type, value, value);
}

/* FILTER (..) and OVER .. behind a call's arguments. */
static void read_call_tail(reader *r, sql_call *call)
{
    if (accept(r, "FILTER")) {
        call->filter = true;
        skip_parenthesis(r);
    }
    if (accept(r, "OVER")) {
        call->over = true;
        if (sql_is(peek(r), "("))
            skip_parenthesis(r);
        else
            r->at++;
    }
}

static sql_value read_call(reader *r)
{
    sql_value arguments[arguments_max];
    sql_call call = {.name = peek(r)->text, .arguments = arguments, .grouped = r->select->grouped};
    r->at++;
    size_t end = r->end, close = peek(r)->match;
    r->at++;
    const sql_token *first = peek(r);
    call.now = first->kind == SQL_STRING && strcasecmp(first->text, "now") == 0 &&
               r->at + 1 == close;
    r->end = close;
    if (!accept(r, "DISTINCT") && accept(r, "*"))
        r->at = close;
    while (r->at < close && call.count < arguments_max) {
        arguments[call.count++] = read_all(r);
        if (!accept(r, ","))
            break;
    }
    bool whole = r->at == close;
    r->at = close + 1;
    r->end = end;
    read_call_tail(r, &call);
    return whole ? sql_call_value(&call) : unknown;
}

/* [[schema.]table.]column */
static sql_value read_column(reader *r)
{
    const char *qualifier = NULL;
    const char *name = peek(r)->text;
    r->at++;
    while (sql_is(peek(r), ".") && r->at + 1 < r->end) {
        qualifier = name;
        r->at++;
        name = peek(r)->text;
        r->at++;
    }
    return sql_column_value(r->query, r->select, qualifier, name, r->depth);
}

static sql_value read_parameter(reader *r)
{
    size_t number = strtoul(peek(r)->text + 1, NULL, 10);
    r->at++;
    if (number < 1 || number > r->query->parameter_count)
        return unknown;
    if (r->query->optional_parameters[number - 1])
        return (sql_value){.reason = "the parameter is OPTIONAL"};
    return known(SQL_ANY);
}

static sql_value read_literal(reader *r)
{
    const sql_token *token = peek(r);
    r->at++;
    if (token->kind == SQL_STRING)
        return known(SQL_TEXT);
    if (token->kind == SQL_BYTES)
        return known(SQL_BLOB);
    bool real = strpbrk(token->text, ".eE") != NULL && strncasecmp(token->text, "0x", 2) != 0;
    return known(real ? SQL_REAL : SQL_INTEGER);
}

static sql_value read_word(reader *r)
{
    if (accept(r, "NULL"))
        return (sql_value){.reason = "NULL is written here"};
    if (accept(r, "CASE"))
        return read_case(r);
    if (accept(r, "CAST"))
        return read_cast(r);
    if (accept(r, "EXISTS")) {
        skip_parenthesis(r);
        return known(SQL_INTEGER);
    }
    if (accept(r, "CURRENT_TIMESTAMP") || accept(r, "CURRENT_DATE") || accept(r, "CURRENT_TIME"))
        return known(SQL_TEXT);
    if (r->at + 1 < r->end && sql_is(peek(r) + 1, "("))
        return read_call(r);
    if ((sql_is(peek(r), "TRUE") || sql_is(peek(r), "FALSE")) && !sql_is(peek(r) + 1, ".")) {
        r->at++;
        return known(SQL_INTEGER);
    }
    return read_column(r);
}

static sql_value read_operand(reader *r)
{
    switch (peek(r)->kind) {
    case SQL_STRING:
    case SQL_BYTES:
    case SQL_NUMBER: return read_literal(r);
    case SQL_PARAMETER: return read_parameter(r);
    case SQL_QUOTED: return sql_is(peek(r) + 1, "(") ? read_call(r) : read_column(r);
    case SQL_WORD: return read_word(r);
    case SQL_MARK:
        if (sql_is(peek(r), "("))
            return read_parenthesis(r);
        break;
    case SQL_END: break;
    }
    r->at = r->end;
    return unknown;
}

/* ---- operators ------------------------------------------------------------------------------- */

/* From the loosest to the tightest; OR is level 0. */
enum {
    level_and = 1,
    level_not,
    level_equal,
    level_less,
    level_bit,
    level_add,
    level_times,
    level_join,
    level_collate,
    level_sign
};

typedef struct operator
{
    const char *word;
    unsigned level;
}
operator;

static const operator operators[] = {
    {"OR", 0},
    {"AND", level_and},
    {"=", level_equal},
    {"==", level_equal},
    {"<>", level_equal},
    {"!=", level_equal},
    {"IS", level_equal},
    {"IN", level_equal},
    {"LIKE", level_equal},
    {"GLOB", level_equal},
    {"MATCH", level_equal},
    {"REGEXP", level_equal},
    {"BETWEEN", level_equal},
    {"ISNULL", level_equal},
    {"NOTNULL", level_equal},
    {"NOT", level_equal},
    {"<", level_less},
    {"<=", level_less},
    {">", level_less},
    {">=", level_less},
    {"&", level_bit},
    {"|", level_bit},
    {"<<", level_bit},
    {">>", level_bit},
    {"+", level_add},
    {"-", level_add},
    {"*", level_times},
    {"/", level_times},
    {"%", level_times},
    {"||", level_join},
    {"->", level_join},
    {"->>", level_join},
    {"COLLATE", level_collate},
};

static const operator* operator_at(const reader *r)
{
    for (size_t i = 0; i < sizeof operators / sizeof operators[0]; i++)
        if (sql_is(peek(r), operators[i].word))
            return &operators[i];
    return NULL;
}

/* IS [NOT] [DISTINCT FROM] value, behind IS: never NULL. */
static sql_value read_is(reader *r)
{
    accept(r, "NOT");
    if (accept(r, "DISTINCT"))
        accept(r, "FROM");
    read_level(r, level_equal + 1);
    return known(SQL_INTEGER);
}

static sql_value read_between(reader *r, sql_value left)
{
    sql_value low = read_level(r, level_equal + 1);
    if (!accept(r, "AND"))
        return unknown;
    sql_value high = read_level(r, level_equal + 1);
    return from_both(SQL_INTEGER, left, from_both(SQL_INTEGER, low, high));
}

/* The operators that are more than left, word, right; `word` has been read. */
static sql_value read_special(reader *r, const char *word, sql_value left)
{
    if (strcasecmp(word, "NOT") == 0) { /* NOT NULL, or NOT IN and its like */
        if (accept(r, "NULL"))
            return known(SQL_INTEGER);
        word = peek(r)->text;
        r->at++;
    }
    if (strcasecmp(word, "ISNULL") == 0 || strcasecmp(word, "NOTNULL") == 0)
        return known(SQL_INTEGER);
    if (strcasecmp(word, "IS") == 0)
        return read_is(r);
    if (strcasecmp(word, "BETWEEN") == 0)
        return read_between(r, left);
    if (strcasecmp(word, "IN") == 0) {
        if (sql_is(peek(r), "("))
            skip_parenthesis(r);
        else
            read_operand(r);
        return (sql_value){.type = SQL_INTEGER, .reason = "IN is NULL when the list holds NULL"};
    }
    sql_value right = read_level(r, level_equal + 1);
    if (accept(r, "ESCAPE"))
        read_level(r, level_equal + 1);
    return from_both(SQL_INTEGER, left, right);
}

/* A division by a number other than zero is as good as its left side. */
static bool is_safe_divisor(const reader *r, size_t first)
{
    const sql_token *token = &r->query->tokens.at[first];
    return r->at == first + 1 && token->kind == SQL_NUMBER && strtod(token->text, NULL) != 0;
}

static sql_value read_binary(reader *r, const operator* o, sql_value left)
{
    if (o->level == level_collate) {
        r->at++;
        left.column = NULL;
        return left;
    }
    if (o->level == level_equal && strpbrk(o->word, "=<>") == NULL)
        return read_special(r, o->word, left);
    size_t first = r->at;
    sql_value right = read_level(r, o->level + 1);
    if (o->word[0] == '/' || o->word[0] == '%') {
        sql_value value = from_both(wider(left.type, right.type), left, right);
        if (value.present && !is_safe_divisor(r, first)) {
            value.present = false;
            value.reason = "a division by zero is NULL";
        }
        return value;
    }
    if (strcmp(o->word, "||") == 0)
        return from_both(SQL_TEXT, left, right);
    if (o->level == level_join)
        return (sql_value){.reason = "a missing JSON member is NULL"};
    if (o->level == level_add || o->level == level_times)
        return from_both(wider(left.type, right.type), left, right);
    return from_both(SQL_INTEGER, left, right);
}

static sql_value read_unary(reader *r)
{
    if (r->depth >= SQL_DEPTH_MAX) {
        r->at = r->end;
        return unknown;
    }
    sql_type type = SQL_ANY;
    unsigned level = level_sign;
    if (accept(r, "NOT"))
        level = level_not, type = SQL_INTEGER;
    else if (accept(r, "~"))
        type = SQL_INTEGER;
    else if (!accept(r, "-") && !accept(r, "+"))
        return read_operand(r);
    r->depth++;
    sql_value value = read_level(r, level);
    r->depth--;
    sql_type wide = wider(value.type, SQL_INTEGER);
    return from_both(type == SQL_ANY ? wide : type, value, value);
}

static sql_value read_level(reader *r, unsigned level)
{
    sql_value left = read_unary(r);
    for (const operator* o; (o = operator_at(r)) != NULL && o->level >= level;) {
        r->at++;
        left = read_binary(r, o, left);
    }
    return left;
}

sql_value sql_value_read(const sql_query *query, const sql_select *select, size_t *at, size_t end,
                         unsigned depth)
{
    reader r = {.query = query, .select = select, .at = *at, .end = end, .depth = depth};
    sql_value value = read_all(&r);
    *at = r.at;
    return value;
}
