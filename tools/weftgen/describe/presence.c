/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * weftgen/describe/presence.c: where values come from: the columns of a query's sources, and which
 * of these an outer join may leave without a row. What expressions make of them: expression.c.
 */
#include "describe/judge.h"

#include <stdlib.h>

static const presence there = {0};

presence judge_maybe(const char *why)
{
    return (presence){.null = why};
}

presence judge_both(presence a, presence b)
{
    return a.null ? a : b.null ? b : (presence){.with = a.with | b.with};
}

presence judge_any(presence a, presence b)
{
    if (a.null || b.null)
        return a.null ? b : a;
    return a.with == 0 ? a : b;
}

/* ---- the sources of a query ------------------------------------------------------------------ */

enum { RTE_RELATION, RTE_SUBQUERY, RTE_JOIN, RTE_FUNCTION, RTE_TABLEFUNC, RTE_VALUES, RTE_CTE };
enum { RTE_GROUP = 9 }; /* from PostgreSQL 18 on */
enum { JOIN_INNER, JOIN_LEFT, JOIN_FULL, JOIN_RIGHT };

/* A source without its row, seen from the join around it. */
static void place(scope *s, const tree *operand, size_t join, bool optional)
{
    bool nested = tree_is(operand, "JOINEXPR");
    size_t index = (size_t)tree_number(operand, "rtindex");
    if (index >= 1 && index <= s->count)
        s->sources[index] = (scope_source){.join = join, .optional = optional};
    if (!nested || index < 1 || index > s->count)
        return;
    long type = tree_number(operand, "jointype");
    if (s->pending_count + 2 > 2 * s->count + 2)
        return;
    s->pending[s->pending_count++] = (scope_operand){tree_field(operand, "larg"), index,
                                                     type == JOIN_FULL || type == JOIN_RIGHT};
    s->pending[s->pending_count++] = (scope_operand){tree_field(operand, "rarg"), index,
                                                     type == JOIN_FULL || type == JOIN_LEFT};
}

scope judge_enter(judge *j, const tree *query, const scope *up)
{
    scope s = {.query = query, .up = up, .count = tree_len(tree_field(query, "rtable"))};
    s.sources = gen_alloc(j->arena, (s.count + 1) * sizeof *s.sources);
    s.pending = gen_alloc(j->arena, (2 * s.count + 2) * sizeof *s.pending);
    const tree *from = tree_field(tree_field(query, "jointree"), "fromlist");
    for (size_t i = 0; i < tree_len(from); i++) {
        place(&s, tree_item(from, i), 0, false);
        while (s.pending_count > 0) {
            scope_operand next = s.pending[--s.pending_count];
            place(&s, next.operand, next.join, next.optional);
        }
    }
    return s;
}

/* Whether an outer join may leave source `index` without a row; only joins inside join `within`
 * count (0: all). */
static bool is_optional(const judge *j, const scope *s, size_t index, size_t within)
{
    if (j->found && s->up == NULL)
        return false;
    for (size_t i = 0; index != within && i <= s->count; i++) {
        const scope_source *source = &s->sources[index];
        if (source->join == within && within != 0)
            return false;
        if (source->optional)
            return true;
        if (source->join == 0)
            return false;
        index = source->join;
    }
    return false;
}

/* ---- the columns of a source ----------------------------------------------------------------- */

static const char *source_name(judge *j, const tree *source)
{
    const char *name = tree_word(tree_field(source, "eref"), "aliasname");
    return name[0] ? gen_format(j->arena, "\"%s\"", name) : "(SELECT ..)";
}

static presence of_relation(judge *j, const tree *source, long column)
{
    unsigned relation = (unsigned)tree_number(source, "relid");
    if (column <= 0) /* the row itself, ctid, tableoid .. */
        return there;
    for (size_t i = 0; i < j->catalog->attribute_count; i++) {
        const pg_attribute *a = &j->catalog->attributes[i];
        if (a->relation != relation || a->number != (unsigned)column)
            continue;
        return a->present ? there
                          : judge_maybe(gen_format(j->arena,
                                                   "\"%s\" of \"%s\" is declared without NOT NULL",
                                                   a->name, a->relation_name));
    }
    return judge_maybe("where it comes from is not known");
}

/* Functions that give rows of values that are never NULL. */
static bool gives_values(judge *j, const tree *call)
{
    static const char *const names[] = {
        "generate_series",  "generate_subscripts", "json_array_elements",   "jsonb_array_elements",
        "json_object_keys", "jsonb_object_keys",   "regexp_split_to_table", "string_to_table"};
    const pg_function *f = tree_is(call, "FUNCEXPR")
                               ? judge_function(j, (unsigned)tree_number(call, "funcid"))
                               : NULL;
    for (size_t i = 0; f && f->built_in && i < sizeof names / sizeof names[0]; i++)
        if (strcmp(f->name, names[i]) == 0)
            /* string_to_table takes a text to be given as NULL */
            return i < 7 || tree_len(tree_field(call, "args")) == 2;
    return false;
}

/* Rows of several functions side by side: a shorter one is filled up with NULL. */
static presence of_function(judge *j, const tree *source, long column)
{
    const tree *functions = tree_field(source, "functions");
    long columns = 0;
    for (size_t i = 0; i < tree_len(functions); i++)
        columns += tree_number(tree_item(functions, i), "funccolcount");
    if (tree_flag(source, "funcordinality") && column == columns + 1)
        return there;
    if (tree_len(functions) == 1 && columns == 1 && column == 1 &&
        gives_values(j, tree_field(tree_item(functions, 0), "funcexpr")))
        return there;
    return judge_maybe("the function may give NULL");
}

static presence of_values(judge *j, const scope *s, const tree *source, long column)
{
    const tree *rows = tree_field(source, "values_lists");
    presence result = there;
    for (size_t i = 0; i < tree_len(rows); i++)
        result = judge_both(
            result, judge_expression(j, s, tree_item(tree_item(rows, i), (size_t)column - 1)));
    return result;
}

/* A column that a join gives under one name for both sides. Of a FULL JOIN it is one of the two,
 * and one of the two is there; what is missing inside of either is another matter. */
static presence of_join(judge *j, const scope *s, size_t index, const tree *source, long column)
{
    const tree *merged = tree_item(tree_field(source, "joinaliasvars"), (size_t)column - 1);
    if (!tree_is(merged, "COALESCEEXPR") || tree_number(source, "jointype") != JOIN_FULL)
        return judge_expression(j, s, merged);
    if (is_optional(j, s, index, 0))
        return judge_maybe("an outer join may find no row");
    size_t within = j->within;
    j->within = index;
    const tree *sides = tree_field(merged, "args");
    presence result = there;
    for (size_t i = 0; i < tree_len(sides); i++)
        result = judge_both(result, judge_expression(j, s, tree_item(sides, i)));
    j->within = within;
    return result;
}

/* ---- common table expressions ---------------------------------------------------------------- */

static const tree *find_cte(const scope *s, const char *name)
{
    const tree *list = tree_field(s->query, "cteList");
    for (size_t i = 0; i < tree_len(list); i++)
        if (strcmp(tree_word(tree_item(list, i), "ctename"), name) == 0)
            return tree_item(list, i);
    return NULL;
}

static assumption *find_assumption(const judge *j, const tree *cte)
{
    assumption *found = j->assumptions;
    while (found != NULL && found->cte != cte)
        found = found->next;
    return found;
}

/* A recursive one: its columns are taken to be there, until one of them is found not to be, of what
 * the rows before it gave; then anew without that one. What holds to the end holds of every row. */
static presence of_recursive(judge *j, const scope *s, const tree *cte, size_t column)
{
    const tree *query = tree_field(cte, "ctequery");
    size_t count = tree_len(tree_field(query, "targetList"));
    assumption a = {.cte = cte, .count = count, .next = j->assumptions};
    a.null = gen_alloc(j->arena, (count + 1) * sizeof *a.null);
    j->assumptions = &a;
    for (bool again = true; again;) {
        again = false;
        for (size_t i = 0; i < count; i++) {
            presence p = a.null[i] ? there : judge_column(j, query, s, i);
            if (a.null[i] == NULL && (p.null || p.with)) {
                a.null[i] = p.null ? p.null : "a parameter may be NULL";
                again = true;
            }
        }
    }
    j->assumptions = a.next;
    return column < count && a.null[column] == NULL
               ? there
               : judge_maybe(column < count ? a.null[column] : "where it comes from is not known");
}

static presence of_cte(judge *j, const scope *s, const tree *source, size_t column)
{
    for (long up = tree_number(source, "ctelevelsup"); up > 0 && s != NULL; up--)
        s = s->up;
    const tree *cte = s ? find_cte(s, tree_word(source, "ctename")) : NULL;
    if (cte == NULL)
        return judge_maybe("where it comes from is not known");
    const assumption *assumed = find_assumption(j, cte);
    if (assumed != NULL)
        return column < assumed->count && assumed->null[column] == NULL
                   ? there
                   : judge_maybe("a row before it may have NULL there");
    if (tree_flag(cte, "cterecursive"))
        return of_recursive(j, s, cte, column);
    return judge_column(j, tree_field(cte, "ctequery"), s, column);
}

/* ---- a column -------------------------------------------------------------------------------- */

static presence of_source(judge *j, const scope *s, size_t index, const tree *source, long column)
{
    long kind = tree_number(source, "rtekind");
    if (kind == RTE_RELATION)
        return of_relation(j, source, column);
    if (column <= 0)
        return column == 0 ? there : judge_maybe("where it comes from is not known");
    switch (kind) {
    case RTE_SUBQUERY:
        return judge_column(j, tree_field(source, "subquery"), s, (size_t)column - 1);
    case RTE_JOIN: return of_join(j, s, index, source, column);
    case RTE_FUNCTION: return of_function(j, source, column);
    case RTE_VALUES: return of_values(j, s, source, column);
    case RTE_CTE: return of_cte(j, s, source, (size_t)column - 1);
    case RTE_GROUP:
        return judge_expression(j, s,
                                tree_item(tree_field(source, "groupexprs"), (size_t)column - 1));
    default: return judge_maybe("where it comes from is not known");
    }
}

presence judge_variable(judge *j, const scope *s, const tree *variable)
{
    size_t within = j->within;
    for (long up = tree_number(variable, "varlevelsup"); up > 0 && s != NULL; up--, within = 0)
        s = s->up;
    long index = tree_number(variable, "varno");
    if (s == NULL || index < 1 || (size_t)index > s->count ||
        tree_number(variable, "varreturningtype") != 0)
        return judge_maybe("where it comes from is not known");
    const tree *source = tree_item(tree_field(s->query, "rtable"), (size_t)index - 1);
    if (is_optional(j, s, (size_t)index, within))
        return judge_maybe(
            gen_format(j->arena, "an outer join may find no row of %s", source_name(j, source)));
    j->within = 0;
    presence result = of_source(j, s, (size_t)index, source, tree_number(variable, "varattno"));
    j->within = within;
    return result;
}

/* ---- the columns of a query ------------------------------------------------------------------ */

static const tree *result_list(const tree *query)
{
    const tree *returning = tree_field(query, "returningList");
    return tree_number(query, "commandType") == 1 ? tree_field(query, "targetList") : returning;
}

/* UNION takes rows of both sides, INTERSECT those that both have, EXCEPT those of the left. */
static presence of_operation(judge *j, const scope *s, const tree *node, size_t column)
{
    enum { UNION = 1, INTERSECT, EXCEPT };
    if (!judge_step(j))
        return judge_maybe(judge_too_deep);
    if (!tree_is(node, "SETOPERATIONSTMT")) {
        size_t index = (size_t)tree_number(node, "rtindex");
        const tree *source = tree_item(tree_field(s->query, "rtable"), index - 1);
        return judge_column(j, tree_field(source, "subquery"), s, column);
    }
    j->depth++;
    presence left = of_operation(j, s, tree_field(node, "larg"), column);
    presence right = of_operation(j, s, tree_field(node, "rarg"), column);
    j->depth--;
    long kind = tree_number(node, "op");
    return kind == UNION       ? judge_both(left, right)
           : kind == INTERSECT ? judge_any(left, right)
                               : left;
}

presence judge_column(judge *j, const tree *query, const scope *up, size_t column)
{
    const tree *entry = tree_item(result_list(query), column);
    if (!tree_is(query, "QUERY") || entry == NULL || !judge_step(j))
        return judge_maybe("where it comes from is not known");
    size_t within = j->within;
    j->within = 0;
    j->depth++;
    scope s = judge_enter(j, query, up);
    const tree *operations = tree_field(query, "setOperations");
    presence result = operations ? of_operation(j, &s, operations, column)
                                 : judge_expression(j, &s, tree_field(entry, "expr"));
    j->depth--;
    j->within = within;
    return result;
}

presence presence_of_column(weft_arena *arena, const pg_catalog *catalog, const tree *query,
                            size_t index, bool found)
{
    judge j = {.arena = arena, .catalog = catalog, .found = found};
    return judge_column(&j, query, NULL, index);
}

/* ---- the whole of a statement ---------------------------------------------------------------- */

const tree *presence_query(const tree *rewritten)
{
    const tree *found = NULL;
    for (size_t i = 0; i < tree_len(rewritten); i++)
        if (tree_flag(tree_item(rewritten, i), "canSetTag"))
            found = tree_item(rewritten, i);
    return found;
}

static void add_oid(weft_arena *arena, oid_list *to, unsigned oid)
{
    for (size_t i = 0; i < to->len; i++)
        if (to->at[i] == oid)
            return;
    if (oid != 0)
        GEN_PUSH(arena, to->at, to->len, oid);
}

/* Whether it is the parameter as it stands, or converted to a type of other length only. */
static bool is_parameter(const tree *expression, size_t number)
{
    while (tree_is(expression, "RELABELTYPE") || tree_number(expression, "funcformat") != 0)
        expression = tree_is(expression, "RELABELTYPE")
                         ? tree_field(expression, "arg")
                         : tree_item(tree_field(expression, "args"), 0);
    return tree_is(expression, "PARAM") && tree_number(expression, "paramid") == (long)number;
}

const char *presence_stored(weft_arena *arena, const pg_catalog *catalog, const tree *query,
                            size_t number)
{
    long target = tree_number(query, "resultRelation");
    const tree *source = tree_item(tree_field(query, "rtable"), (size_t)target - 1);
    unsigned relation = (unsigned)tree_number(source, "relid");
    const tree *targets = tree_field(query, "targetList");
    for (size_t i = 0; target > 0 && i < tree_len(targets); i++) {
        const tree *entry = tree_item(targets, i);
        for (size_t k = 0; k < catalog->attribute_count; k++) {
            const pg_attribute *a = &catalog->attributes[k];
            if (a->relation == relation && a->number == (unsigned)tree_number(entry, "resno") &&
                a->present && is_parameter(tree_field(entry, "expr"), number))
                return gen_format(arena, "column \"%s\" of \"%s\"", a->name, a->relation_name);
        }
    }
    return NULL;
}

/* Visits every node of a tree, whose depth its reading has bounded. */
static void each_node(const tree *node, void (*visit)(const tree *node, void *data), void *data)
{
    if (node->kind == TREE_NODE)
        visit(node, data);
    for (size_t i = 0; i < node->len; i++)
        if (node->items[i]->kind != TREE_ATOM)
            each_node(node->items[i], visit, data);
}

typedef struct collection {
    weft_arena *arena;
    presence_facts *to;
} collection;

static void collect(const tree *node, void *data)
{
    const collection *c = data;
    presence_facts *to = c->to;
    const struct {
        const char *field;
        oid_list *to;
    } wanted[] = {{"relid", &to->relations},    {"funcid", &to->functions},
                  {"opfuncid", &to->functions}, {"aggfnoid", &to->functions},
                  {"winfnoid", &to->functions}, {"opno", &to->operators},
                  {"resulttype", &to->types}};
    for (size_t i = 0; i < node->len; i++)
        for (size_t k = 0; k < sizeof wanted / sizeof wanted[0]; k++)
            if (node->items[i]->kind == TREE_ATOM && strcmp(node->names[i], wanted[k].field) == 0)
                add_oid(c->arena, wanted[k].to, (unsigned)strtoul(node->items[i]->text, NULL, 10));
}

void presence_collect(weft_arena *arena, const tree *rewritten, presence_facts *to)
{
    collection c = {.arena = arena, .to = to};
    if (rewritten != NULL)
        each_node(rewritten, collect, &c);
}

typedef struct verdict {
    const pg_catalog *catalog;
    bool writes;
} verdict;

/* Functions that are volatile for what they read: clocks and chance. */
static bool only_reads(const pg_function *f)
{
    static const char *const names[] = {"random",   "clock_timestamp", "timeofday",
                                        "pg_sleep", "gen_random_uuid", "lastval",
                                        "currval"};
    for (size_t i = 0; f->built_in && i < sizeof names / sizeof names[0]; i++)
        if (strcmp(f->name, names[i]) == 0)
            return true;
    return false;
}

static void find_writer(const tree *node, void *data)
{
    verdict *v = data;
    if (tree_is(node, "QUERY"))
        v->writes |= tree_number(node, "commandType") != 1 || tree_flag(node, "hasForUpdate");
    if (tree_is(node, "NEXTVALUEEXPR"))
        v->writes = true;
    static const char *const fields[] = {"funcid", "opfuncid", "aggfnoid", "winfnoid"};
    for (size_t k = 0; k < sizeof fields / sizeof fields[0]; k++) {
        unsigned oid = (unsigned)tree_number(node, fields[k]);
        const pg_function *f = oid ? judge_find_function(v->catalog, oid) : NULL;
        v->writes |= oid != 0 && (f == NULL || (f->is_volatile && !only_reads(f)));
    }
}

bool presence_read_only(const pg_catalog *catalog, const tree *query)
{
    verdict v = {.catalog = catalog};
    each_node(query, find_writer, &v);
    return !v.writes;
}
