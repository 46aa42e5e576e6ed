/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * weftgen/describe/judge.h: what presence.c and expression.c share: a query being looked into.
 */
#ifndef WEFTGEN_DESCRIBE_JUDGE_H
#define WEFTGEN_DESCRIBE_JUDGE_H

#include "describe/presence.h"

/* A source of a query: the join around it, by the index of its own entry. */
typedef struct scope_source {
    size_t join;   /* 0: none */
    bool optional; /* that join may find no row of it */
} scope_source;

typedef struct scope_operand {
    const tree *operand;
    size_t join;
    bool optional;
} scope_operand;

/* A query, and those around it. */
typedef struct scope {
    const tree *query;
    const struct scope *up;
    size_t count;          /* its sources, from 1 */
    scope_source *sources; /* [index] */
    scope_operand *pending;
    size_t pending_count;
} scope;

/* What is taken to be so of a recursive common table expression while it is looked into. */
typedef struct assumption {
    const tree *cte;
    const char **null; /* [column]: why it may be NULL; NULL: it is there, as far as is known */
    size_t count;
    struct assumption *next;
} assumption;

/* Beyond these a tree counts as not understood. */
enum { JUDGE_DEPTH_MAX = 200, JUDGE_STEPS_MAX = 100000 };
#define judge_too_deep "the expression is too deep to be understood"

typedef struct judge {
    weft_arena *arena;
    const pg_catalog *catalog;
    bool found;    /* outer joins of the outermost query are taken to find their rows */
    size_t within; /* only what outer joins inside this one leave out counts; 0: all */
    unsigned depth, steps;
    assumption *assumptions;
} judge;

static inline bool judge_step(judge *j)
{
    return j->depth < JUDGE_DEPTH_MAX && ++j->steps < JUDGE_STEPS_MAX;
}

presence judge_maybe(const char *why);
presence judge_both(presence a, presence b); /* there when both are */
presence judge_any(presence a, presence b);  /* there when one is */

scope judge_enter(judge *j, const tree *query, const scope *up);
presence judge_column(judge *j, const tree *query, const scope *up, size_t column);
presence judge_variable(judge *j, const scope *s, const tree *variable);
presence judge_expression(judge *j, const scope *s, const tree *expression);

/* By number; NULL: not known. */
const pg_function *judge_find_function(const pg_catalog *catalog, unsigned oid);
static inline const pg_function *judge_function(const judge *j, unsigned oid)
{
    return judge_find_function(j->catalog, oid);
}

#endif
