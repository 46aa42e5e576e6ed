/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * weftgen/describe/expression.c: whether an expression of PostgreSQL can be NULL when what it is
 * made of is there. "Strict" says the opposite (NULL in, NULL out), so what is trusted stands in
 * tables: built-in functions that give a value for values.
 */
#include "describe/judge.h"

static const presence there = {0};

/* ---- functions ------------------------------------------------------------------------------- */

const pg_function *judge_find_function(const pg_catalog *catalog, unsigned oid)
{
    for (size_t i = 0; i < catalog->function_count; i++)
        if (catalog->functions[i].oid == oid)
            return &catalog->functions[i];
    return NULL;
}

static bool is_among(const char *name, const char *const *names)
{
    for (; *names != NULL; names++)
        if (strcmp(*names, name) == 0)
            return true;
    return false;
}

/* A value whatever the arguments are. */
static const char *const always[] = {"concat",
                                     "json_build_object",
                                     "jsonb_build_object",
                                     "json_build_array",
                                     "jsonb_build_array",
                                     "now",
                                     "statement_timestamp",
                                     "transaction_timestamp",
                                     "clock_timestamp",
                                     "timeofday",
                                     "random",
                                     "gen_random_uuid",
                                     "pg_backend_pid",
                                     "version",
                                     "current_database",
                                     "num_nulls",
                                     "num_nonnulls",
                                     "lastval",
                                     "txid_current",
                                     "pg_current_xact_id",
                                     "pi",
                                     NULL};

/* A value when all arguments are. */
static const char *const for_values[] = {"lower",
                                         "upper",
                                         "initcap",
                                         "length",
                                         "char_length",
                                         "character_length",
                                         "octet_length",
                                         "bit_length",
                                         "btrim",
                                         "ltrim",
                                         "rtrim",
                                         "replace",
                                         "translate",
                                         "left",
                                         "right",
                                         "lpad",
                                         "rpad",
                                         "repeat",
                                         "reverse",
                                         "position",
                                         "strpos",
                                         "split_part",
                                         "starts_with",
                                         "ascii",
                                         "chr",
                                         "md5",
                                         "sha224",
                                         "sha256",
                                         "sha384",
                                         "sha512",
                                         "encode",
                                         "decode",
                                         "format",
                                         "concat_ws",
                                         "quote_ident",
                                         "quote_literal",
                                         "quote_nullable",
                                         "regexp_replace",
                                         "overlay",
                                         "abs",
                                         "ceil",
                                         "ceiling",
                                         "floor",
                                         "round",
                                         "trunc",
                                         "sign",
                                         "sqrt",
                                         "cbrt",
                                         "exp",
                                         "ln",
                                         "log",
                                         "log10",
                                         "power",
                                         "pow",
                                         "mod",
                                         "div",
                                         "gcd",
                                         "lcm",
                                         "degrees",
                                         "radians",
                                         "sin",
                                         "cos",
                                         "tan",
                                         "asin",
                                         "acos",
                                         "atan",
                                         "atan2",
                                         "date_trunc",
                                         "date_part",
                                         "extract",
                                         "date_bin",
                                         "age",
                                         "timezone",
                                         "to_char",
                                         "to_number",
                                         "to_date",
                                         "to_timestamp",
                                         "make_date",
                                         "make_time",
                                         "make_timestamp",
                                         "make_timestamptz",
                                         "make_interval",
                                         "justify_days",
                                         "justify_hours",
                                         "isfinite",
                                         "to_json",
                                         "to_jsonb",
                                         "row_to_json",
                                         "array_to_json",
                                         "jsonb_strip_nulls",
                                         "json_strip_nulls",
                                         "jsonb_pretty",
                                         "jsonb_array_length",
                                         "json_array_length",
                                         "array_to_string",
                                         "string_to_array",
                                         "cardinality",
                                         "array_append",
                                         "array_prepend",
                                         "array_cat",
                                         "array_remove",
                                         "array_replace",
                                         "nextval",
                                         "setval",
                                         "currval",
                                         "pg_typeof",
                                         "isempty",
                                         "lower_inc",
                                         "upper_inc",
                                         "lower_inf",
                                         "upper_inf",
                                         "int4range",
                                         "int8range",
                                         "numrange",
                                         "daterange",
                                         "tsrange",
                                         "tstzrange",
                                         "to_tsvector",
                                         "to_tsquery",
                                         "plainto_tsquery",
                                         "websearch_to_tsquery",
                                         "ts_rank",
                                         "ts_headline",
                                         "host",
                                         "hashtext",
                                         "pg_column_size",
                                         "width_bucket",
                                         NULL};

static presence of_all(judge *j, const scope *s, const tree *arguments)
{
    presence result = there;
    for (size_t i = 0; i < tree_len(arguments); i++)
        result = judge_both(result, judge_expression(j, s, tree_item(arguments, i)));
    return result;
}

static presence of_any(judge *j, const scope *s, const tree *arguments)
{
    presence result = judge_maybe("all of its arguments may be NULL");
    for (size_t i = 0; i < tree_len(arguments); i++)
        result = judge_any(result, judge_expression(j, s, tree_item(arguments, i)));
    return result;
}

static bool is_of_json(const tree *value)
{
    enum { JSON = 114, JSONB = 3802 };
    static const char *const types[] = {"vartype",        "consttype",    "paramtype",
                                        "funcresulttype", "opresulttype", "resulttype"};
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
        long type = tree_number(value, types[i]);
        if (type == JSON || type == JSONB)
            return true;
    }
    return false;
}

/* substring(text, integer) and not substring(text, pattern), which gives NULL when nothing matches.
 */
static bool is_substring(const pg_function *f, const tree *arguments)
{
    enum { INT4 = 23 };
    const tree *from = tree_item(arguments, 1);
    return is_among(f->name, (const char *const[]){"substring", "substr", NULL}) &&
           (tree_number(from, "consttype") == INT4 || tree_number(from, "paramtype") == INT4 ||
            tree_number(from, "vartype") == INT4 || tree_number(from, "opresulttype") == INT4);
}

static presence of_function(judge *j, const scope *s, const tree *call)
{
    const pg_function *f = judge_function(j, (unsigned)tree_number(call, "funcid"));
    const tree *arguments = tree_field(call, "args");
    if (f == NULL || !f->built_in || tree_flag(call, "funcretset"))
        return judge_maybe("the function may give NULL");
    if (is_among(f->name, always))
        return there;
    /* A cast to the same type of other precision is a call too. Of JSON null it may be NULL. */
    bool cast = f->casts && !is_of_json(tree_item(arguments, 0));
    if (cast || is_among(f->name, for_values) || is_substring(f, arguments))
        return of_all(j, s, arguments);
    return judge_maybe("the function may give NULL");
}

static presence of_operator(judge *j, const scope *s, const tree *call)
{
    static const char *const doubtful[] = {"->", "->>", "#>", "#>>", "@?", "@@", NULL};
    unsigned oid = (unsigned)tree_number(call, "opno");
    for (size_t i = 0; i < j->catalog->operator_count; i++) {
        const pg_operator *o = &j->catalog->operators[i];
        if (o->oid == oid && o->built_in && !o->geometric && !is_among(o->name, doubtful))
            return of_all(j, s, tree_field(call, "args"));
    }
    return judge_maybe("the operator may give NULL");
}

/* x = ANY (array): NULL when nothing is equal and the array has a NULL. */
static presence of_array_operator(judge *j, const scope *s, const tree *call)
{
    const tree *arguments = tree_field(call, "args");
    const tree *array = tree_item(arguments, 1);
    if (!tree_is(array, "ARRAYEXPR"))
        return judge_maybe("the array may hold NULL");
    return judge_both(of_operator(j, s, call), of_all(j, s, tree_field(array, "elements")));
}

/* ---- aggregates and windows ------------------------------------------------------------------ */

static const char *const of_group[] = {"array_agg",       "json_agg",         "jsonb_agg",
                                       "json_object_agg", "jsonb_object_agg", NULL};
static const char *const of_values_in_group[] = {
    "sum",     "avg",    "min",     "max",        "bool_and",  "bool_or", "every",
    "bit_and", "bit_or", "bit_xor", "string_agg", "range_agg", NULL};

static presence of_arguments(judge *j, const scope *s, const tree *call)
{
    const tree *arguments = tree_field(call, "args");
    presence result = there;
    for (size_t i = 0; i < tree_len(arguments); i++) {
        const tree *argument = tree_item(arguments, i);
        const tree *inner = tree_is(argument, "TARGETENTRY") ? tree_field(argument, "expr")
                                                             : argument;
        if (tree_flag(argument, "resjunk"))
            continue;
        result = judge_both(result, judge_expression(j, s, inner));
    }
    return result;
}

static presence of_aggregate(judge *j, const scope *s, const tree *call)
{
    const pg_function *f = judge_function(j, (unsigned)tree_number(call, "aggfnoid"));
    for (long up = tree_number(call, "agglevelsup"); up > 0 && s != NULL; up--)
        s = s->up;
    if (f == NULL || !f->built_in || s == NULL)
        return judge_maybe("the aggregate may give NULL");
    if (strcmp(f->name, "count") == 0)
        return there;
    if (tree_field(s->query, "groupClause") == NULL || tree_field(s->query, "groupingSets"))
        return judge_maybe("an aggregate of no rows is NULL");
    if (tree_field(call, "aggfilter") != NULL)
        return judge_maybe("the filter may leave no row");
    if (is_among(f->name, of_group))
        return there;
    return is_among(f->name, of_values_in_group) ? of_arguments(j, s, call)
                                                 : judge_maybe("the aggregate may give NULL");
}

/* Whether every frame holds at least the row itself. */
static bool holds_current_row(const scope *s, const tree *call)
{
    enum {
        START_UNBOUNDED = 0x20,
        START_CURRENT = 0x200,
        END_UNBOUNDED = 0x100,
        END_CURRENT = 0x400,
        EXCLUDES = 0x8000 | 0x10000 | 0x20000
    };
    const tree *windows = tree_field(s->query, "windowClause");
    for (size_t i = 0; i < tree_len(windows); i++) {
        const tree *window = tree_item(windows, i);
        if (tree_number(window, "winref") != tree_number(call, "winref"))
            continue;
        long options = tree_number(window, "frameOptions");
        return (options & (START_UNBOUNDED | START_CURRENT)) != 0 &&
               (options & (END_UNBOUNDED | END_CURRENT)) != 0 && (options & EXCLUDES) == 0;
    }
    return false;
}

static presence of_window(judge *j, const scope *s, const tree *call)
{
    static const char *const numbers[] = {"count",        "row_number", "rank", "dense_rank",
                                          "percent_rank", "cume_dist",  NULL};
    const pg_function *f = judge_function(j, (unsigned)tree_number(call, "winfnoid"));
    if (f == NULL || !f->built_in)
        return judge_maybe("the window function may give NULL");
    if (is_among(f->name, numbers))
        return there;
    bool shifted = is_among(f->name, (const char *const[]){"lag", "lead", NULL}) &&
                   tree_len(tree_field(call, "args")) == 3;
    if (shifted || strcmp(f->name, "ntile") == 0)
        return of_arguments(j, s, call);
    bool ends = is_among(f->name, (const char *const[]){"first_value", "last_value", NULL});
    if (tree_field(call, "aggfilter") != NULL || !holds_current_row(s, call))
        return judge_maybe("the window may hold no row");
    if (is_among(f->name, of_group))
        return there;
    return ends || is_among(f->name, of_values_in_group)
               ? of_arguments(j, s, call)
               : judge_maybe("the window function may give NULL");
}

/* ---- subselects ------------------------------------------------------------------------------ */

/* Whether the query gives one row, neither none nor more. */
static bool gives_one_row(const tree *query)
{
    if (tree_field(query, "limitCount") || tree_field(query, "limitOffset") ||
        tree_field(query, "havingQual") || tree_field(query, "groupClause") ||
        tree_field(query, "groupingSets") || tree_field(query, "setOperations") ||
        tree_flag(query, "hasTargetSRFs") || tree_number(query, "commandType") != 1)
        return false;
    const tree *from = tree_field(query, "jointree");
    return tree_flag(query, "hasAggs") ||
           (tree_len(tree_field(from, "fromlist")) == 0 && tree_field(from, "quals") == NULL);
}

static presence of_subselect(judge *j, const scope *s, const tree *link)
{
    enum { EXISTS = 0, EXPRESSION = 4, ARRAY = 6 };
    const tree *query = tree_field(link, "subselect");
    switch (tree_number(link, "subLinkType")) {
    case EXISTS:
    case ARRAY: return there;
    case EXPRESSION:
        return gives_one_row(query) ? judge_column(j, query, s, 0)
                                    : judge_maybe("the subselect may find no row");
    default: return judge_maybe("the subselect may give NULL");
    }
}

/* ---- other nodes ----------------------------------------------------------------------------- */

static presence of_case(judge *j, const scope *s, const tree *choice)
{
    const tree *arms = tree_field(choice, "args");
    const tree *otherwise = tree_field(choice, "defresult");
    bool written = tree_number(otherwise, "location") >= 0;
    if (otherwise == NULL || (!written && tree_flag(otherwise, "constisnull")))
        return judge_maybe("CASE without ELSE may be NULL");
    presence result = judge_expression(j, s, otherwise);
    for (size_t i = 0; i < tree_len(arms); i++)
        result = judge_both(result,
                            judge_expression(j, s, tree_field(tree_item(arms, i), "result")));
    return result;
}

static presence of_parameter(const tree *parameter)
{
    long id = tree_number(parameter, "paramid");
    if (tree_number(parameter, "paramkind") != 0 || id < 1 || id > 64)
        return judge_maybe("the parameter may be NULL");
    return (presence){.with = UINT64_C(1) << (id - 1)};
}

static presence of_domain(judge *j, const scope *s, const tree *cast)
{
    unsigned oid = (unsigned)tree_number(cast, "resulttype");
    for (size_t i = 0; i < j->catalog->domain_count; i++)
        if (j->catalog->domains[i].oid == oid && j->catalog->domains[i].present)
            return there;
    return judge_expression(j, s, tree_field(cast, "arg"));
}

static presence of_keyword(const tree *value)
{
    enum { CURRENT_SCHEMA = 14 };
    return tree_number(value, "op") == CURRENT_SCHEMA ? judge_maybe("there may be no schema")
                                                      : there;
}

typedef presence judge_fn(judge *j, const scope *s, const tree *node);

static presence of_argument(judge *j, const scope *s, const tree *node)
{
    return judge_expression(j, s, tree_field(node, "arg"));
}

static presence of_arguments_all(judge *j, const scope *s, const tree *node)
{
    return of_all(j, s, tree_field(node, "args"));
}

static presence of_arguments_any(judge *j, const scope *s, const tree *node)
{
    return of_any(j, s, tree_field(node, "args"));
}

static presence of_constant(judge *j, const scope *s, const tree *node)
{
    (void)j, (void)s;
    return tree_flag(node, "constisnull") ? judge_maybe("it is NULL") : there;
}

static presence always_there(judge *j, const scope *s, const tree *node)
{
    (void)j, (void)s, (void)node;
    return there;
}

static presence of_extern(judge *j, const scope *s, const tree *node)
{
    (void)j, (void)s;
    return of_parameter(node);
}

static presence of_value_function(judge *j, const scope *s, const tree *node)
{
    (void)j, (void)s;
    return of_keyword(node);
}

static const struct {
    const char *tag;
    judge_fn *judge;
} nodes[] = {
    {"VAR", judge_variable},
    {"CONST", of_constant},
    {"PARAM", of_extern},
    {"AGGREF", of_aggregate},
    {"WINDOWFUNC", of_window},
    {"FUNCEXPR", of_function},
    {"OPEXPR", of_operator},
    {"DISTINCTEXPR", always_there},
    {"SCALARARRAYOPEXPR", of_array_operator},
    {"BOOLEXPR", of_arguments_all},
    {"SUBLINK", of_subselect},
    {"RELABELTYPE", of_argument},
    {"COERCEVIAIO", of_argument},
    {"ARRAYCOERCEEXPR", of_argument},
    {"COLLATEEXPR", of_argument},
    {"COERCETODOMAIN", of_domain},
    {"CASEEXPR", of_case},
    {"ARRAYEXPR", always_there},
    {"ROWEXPR", always_there},
    {"COALESCEEXPR", of_arguments_any},
    {"MINMAXEXPR", of_arguments_any},
    {"SQLVALUEFUNCTION", of_value_function},
    {"NULLTEST", always_there},
    {"BOOLEANTEST", always_there},
    {"GROUPINGFUNC", always_there},
    {"NEXTVALUEEXPR", always_there},
};

/* What GROUPING SETS, ROLLUP and CUBE leave out of a row is NULL there. When only columns are
 * grouped by, these are the columns; else any expression may be what is left out. */
static bool may_be_left_out(const scope *s, const tree *expression)
{
    if (tree_field(s->query, "groupingSets") == NULL || tree_is(expression, "AGGREF") ||
        tree_is(expression, "GROUPINGFUNC"))
        return false;
    const tree *targets = tree_field(s->query, "targetList");
    for (size_t i = 0; i < tree_len(targets); i++) {
        const tree *target = tree_item(targets, i);
        if (tree_number(target, "ressortgroupref") != 0 &&
            !tree_is(tree_field(target, "expr"), "VAR"))
            return true;
    }
    return tree_is(expression, "VAR") && tree_number(expression, "varlevelsup") == 0;
}

presence judge_expression(judge *j, const scope *s, const tree *expression)
{
    if (expression == NULL || expression->kind != TREE_NODE)
        return judge_maybe("the expression may be NULL");
    if (!judge_step(j))
        return judge_maybe(judge_too_deep);
    if (may_be_left_out(s, expression))
        return judge_maybe("what GROUPING SETS leave out is NULL");
    presence result = judge_maybe("the expression may be NULL");
    j->depth++;
    for (size_t i = 0; i < sizeof nodes / sizeof nodes[0]; i++)
        if (strcmp(nodes[i].tag, expression->text) == 0) {
            result = nodes[i].judge(j, s, expression);
            break;
        }
    j->depth--;
    return result;
}
