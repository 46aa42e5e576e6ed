/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * router/rows.h: the rows of a router's tables, one after the other, each with all that the tables
 * around it add: prefix and layers.
 */
#ifndef WEFT_ROUTER_ROWS_H
#define WEFT_ROUTER_ROWS_H

#include "http/message.h"
#include <weft/router.h>

/* A table as it hangs in the router. */
typedef struct weft__group {
    const weft_route *nest; /* the row that hangs it there; NULL: the router's own */
    const struct weft__group *outer;
    weft_str prefix; /* with those of the tables around it */
} weft__group;

/* A row, other than one that holds a table. */
typedef struct weft__row {
    const weft_route *route;
    const weft__group *group;
    weft_str path;            /* the whole pattern; of fallbacks the prefix */
    const weft_layer *layers; /* from the outside in, ended by a NULL name; see rows.c */
} weft__row;

typedef struct weft__rows {
    weft__row *at;
    size_t len;
} weft__rows;

/* Lists the rows of all tables in their order. Everything new lives in `arena`. WEFT_INVALID when
 * there are faults, all of them logged; WEFT_NO_MEMORY. */
weft_error weft__rows_list(const weft_router *router, weft_arena *arena, weft__rows *out)
    WEFT_NODISCARD;

/* The layers of the router itself; never NULL. */
const weft_layer *weft__router_layers(const weft_router *router);
size_t weft__layers_count(const weft_layer *layers);

/* How a row is called: its method, or the word that stands for what it is. Never NULL. */
const char *weft__row_word(const weft_route *route);

/* Logs what is wrong with a row, after its place and name: "users.c:71: GET /users/:id: ...". */
void weft__row_fault(const weft__row *row, const char *format, ...) WEFT_PRINTF(2, 3) WEFT_COLD;

/* "users.c:71", and where the table that it stands in is hung up. In `arena`. */
weft_str weft__row_place(const weft__row *row, weft_arena *arena);

#endif
