/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * router/table.h: a table of routes, compiled: an endpoint for each shape of path, and the tree
 * that finds it.
 */
#ifndef WEFT_ROUTER_TABLE_H
#define WEFT_ROUTER_TABLE_H

#include "router/tree.h"
#include <weft/router.h>

/* A route made ready. Those of one endpoint may name their captures differently. */
typedef struct weft__target {
    const weft_route *route;
    weft_str pattern;
    const weft_str *names; /* of its captures */
} weft__target;

struct weft__endpoint {
    const weft__target *by_method[WEFT_METHOD_COUNT]; /* with GET for HEAD and "*" filled in */
    const weft__target *targets;                      /* in the order of the rows */
    size_t count;
    weft_str allow; /* the value of Allow: "GET, HEAD, POST" */
};

/* Checks and compiles; the routes must outlive the tree, which lives in `arena`. WEFT_INVALID when
 * there are faults, all of them logged; WEFT_NO_MEMORY. */
weft_error weft__table_compile(weft_routes routes, weft_arena *arena, weft__tree *out)
    WEFT_NODISCARD;

/* The target for a request's method, or NULL. */
const weft__target *weft__endpoint_target(const weft__endpoint *endpoint,
                                          const weft_request *request);

#endif
