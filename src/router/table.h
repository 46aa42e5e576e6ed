/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * router/table.h: a table of routes, compiled: an endpoint for each shape of path, and the tree
 * that finds it.
 */
#ifndef WEFT_ROUTER_TABLE_H
#define WEFT_ROUTER_TABLE_H

#include "router/rows.h"
#include "router/tree.h"

/* A row made ready. Those of one endpoint may name their captures differently. */
typedef struct weft__target {
    const weft_route *route;
    const weft_layer *layers; /* from the outside in, the router's included */
    weft_str pattern;         /* empty for fallbacks: they match no route */
    const weft_str *names;    /* of its captures */
    size_t name_count;
} weft__target;

struct weft__endpoint {
    const weft__target *by_method[WEFT_METHOD_COUNT]; /* with GET for HEAD and "*" filled in */
    const weft__target *targets;                      /* in the order of the rows */
    size_t count;
    weft_str allow;                /* the value of Allow: "GET, HEAD, POST" */
    const weft__target *otherwise; /* METHOD_FALLBACK, or NULL */
};

typedef struct weft__table {
    weft__tree tree;
    weft__tree fallbacks;         /* of prefixes */
    const weft__target *fallback; /* where no prefix has one, or NULL */
} weft__table;

/* Checks and compiles; the rows must outlive the table, which lives in `arena`. WEFT_INVALID when
 * there are faults, all of them logged; WEFT_NO_MEMORY. */
weft_error weft__table_compile(weft__rows rows, weft_arena *arena, weft__table *out) WEFT_NODISCARD;

/* The target for a request's method, or NULL. */
const weft__target *weft__endpoint_target(const weft__endpoint *endpoint,
                                          const weft_request *request);

/* The fallback for a path that nothing matches, with the captures of its prefix in params; or
 * NULL. */
const weft__target *weft__table_fallback(const weft__table *table, weft_str path,
                                         weft__param params[WEFT__PARAMS_MAX]);

#endif
