/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * weft/router.h: tables of routes, and the router that holds them with its state and layers.
 *
 * Patterns: "/users", "/users/{id}" (a segment, never empty), "/avatars/{name}.jpg" (what stands
 * between the text around it, never empty; one capture in a segment), "/files/{*rest}" (the rest
 * of the path, at the end, never empty). Static beats capture beats wildcard, from the left, and of
 * two captures the one with the longer text before it, then after it, whatever the order of the
 * rows; where the better choice leads nowhere, the next is tried. Matching is on the path as sent;
 * captures are percent-decoded afterwards, and what does not decode to UTF-8 is answered with 400.
 * "/a" and "/a/" are two paths.
 *
 * HEAD is answered by GET unless a row says HEAD. OPTIONS without a row of its own is answered 204
 * with Allow; a path without a row for the method, 405 with Allow. Two rows with one method and
 * paths that differ at most in the names of captures are refused at start, whatever tables they
 * stand in; rows with different methods may name the captures of one path differently.
 *
 * A table may hold other tables: under a prefix (NEST) or as they are (MERGE). A prefix may have
 * captures, which the handlers below it take like their own. "/" in a nested table is the prefix
 * itself. Requests keep their whole path.
 */
#ifndef WEFT_ROUTER_H
#define WEFT_ROUTER_H

#include <weft/http.h>

#define WEFT_PATTERN_MAX  1024 /* bytes of one pattern, its prefixes included */
#define WEFT_SEGMENTS_MAX 32   /* its segments; a pattern has at most 16 captures */
#define WEFT_CHOICES_MAX  64   /* where captures or wildcards of one router start on one path */
#define WEFT_NEST_MAX     8    /* tables within tables */
#define WEFT_LAYERS_MAX   32   /* layers around one handler, the router's included */

/* What generated code makes of a handler: binds, calls, renders. */
typedef weft_http_status weft_call_fn(weft_request *request, weft_response *response);

/* Any function, before its type is known to the table. */
typedef void weft_any_fn(void);

/* ---- layers: the onion ---------------------------------------------------------------------- */

typedef struct weft_next weft_next;
typedef struct weft_layer weft_layer;

/* A layer as a user writes it: looks at the request, calls weft_next_run once or not at all, looks
 * at the response, returns the status. */
typedef weft_http_status weft_layer_fn(weft_request *request, weft_response *response,
                                       weft_next *next);

/* The same with its settings. */
typedef weft_http_status weft_layer_run_fn(const weft_layer *self, weft_request *request,
                                           weft_response *response, weft_next *next);

struct weft_layer {
    const char *name; /* NULL ends a list */
    weft_layer_run_fn *run;
    weft_layer_fn *function; /* of WEFT_LAYER_FROM */
    int64_t number;          /* a layer's one setting, e.g. nanoseconds */
    const void *settings;    /* a layer's others */
    bool watches;            /* sees requests refused before routing (malformed, too large), too */
    /* Of a router's layer, at start, if given: WEFT_OK, or the reason why it cannot work is logged
     * and the router does not start. */
    weft_error (*check)(const weft_layer *self);
};

/* The layers in the order in which they see the request: the first is outermost. In a function the
 * list lives as long as the block it stands in; outside, for ever.
 *
 * A router's layers run for every request, also when no route matches. Those of a NEST, a MERGE or
 * a row run inside them, outer tables first, and only when one of their routes is about to be
 * called: 404 and 405 stay what they are. */
#define WEFT_LAYERS(...) ((const weft_layer[]){__VA_ARGS__, {.name = NULL}})

/* Runs what is inside and returns its status; afterwards the response is settled: a failing status
 * without a body has become a problem document. At most once per layer: a second call is 500, and
 * logged. A layer that returns a failing status after a success inside takes the body back, unless
 * it wrote another one. */
weft_http_status weft_next_run(weft_next *next, weft_request *request, weft_response *response)
    WEFT_NODISCARD;

/* ---- tables ---------------------------------------------------------------------------------- */

typedef enum weft_row_kind {
    WEFT_ROW_ROUTE,
    WEFT_ROW_TABLE,           /* NEST, MERGE */
    WEFT_ROW_FALLBACK,        /* answers the paths below the table's prefix that no row matches */
    WEFT_ROW_METHOD_FALLBACK, /* answers, after Allow is set, the methods that no row matches */
} weft_row_kind;

typedef struct weft_route weft_route;

/* One table, or several merged. */
typedef struct weft_routes {
    const weft_route *at;
    size_t len;
} weft_routes;

struct weft_route {
    weft_row_kind kind;
    const char *method;       /* "GET", ..., or "*" for any */
    const char *path;         /* the pattern; of a table its prefix, "" for none */
    const weft_routes *table; /* WEFT_ROW_TABLE */
    weft_any_fn *handler;     /* the user's function */
    const char *handler_name;
    weft_call_fn *call;       /* its generated glue */
    const weft_layer *layers; /* WEFT_LAYERS(..) around this row only; NULL: none */
    const char *file;         /* where the row stands */
    int line;
};

/* Where a table is wanted, a whole array of rows, or a weft_routes: that is how a table gets into
 * another file, `const weft_routes books = WEFT_ROUTES(books_api);`. */
/* clang-format off */
#define WEFT__TABLE(t) WEFT__CHOOSE(t, (const weft_routes *)(const void *)&(t), &WEFT__WHOLE(t))
#define WEFT__WHOLE(t) \
    (const weft_routes){(const weft_route *)(const void *)&(t), sizeof(t) / sizeof(weft_route)}
/* `list` when t is a weft_routes, `whole` when it is an array of rows; nothing else compiles. */
#define WEFT__CHOOSE(t, list, whole)                                                      \
    _Generic(&(t), const weft_routes *: list, weft_routes *: list, const weft_route(*)[]: whole, \
             weft_route(*)[]: whole)
/* WEFT_ROUTES(table, ...): up to 8 tables, merged. That of one array may go anywhere; others live
 * as long as WEFT_LAYERS(..). */
#define WEFT_ROUTES(...) WEFT__PICK(__VA_ARGS__, 8, 7, 6, 5, 4, 3, 2, 1)(__VA_ARGS__)

#define WEFT__PICK(a, b, c, d, e, f, g, h, n, ...) WEFT__ROUTES_##n
#define WEFT__ROUTES_1(t) WEFT__CHOOSE(t, WEFT__MERGED(1, WEFT__MERGE_1(t)), (WEFT__WHOLE(t)))
#define WEFT__ROUTES_2(...) WEFT__MERGED(2, WEFT__MERGE_2(__VA_ARGS__))
#define WEFT__ROUTES_3(...) WEFT__MERGED(3, WEFT__MERGE_3(__VA_ARGS__))
#define WEFT__ROUTES_4(...) WEFT__MERGED(4, WEFT__MERGE_4(__VA_ARGS__))
#define WEFT__ROUTES_5(...) WEFT__MERGED(5, WEFT__MERGE_5(__VA_ARGS__))
#define WEFT__ROUTES_6(...) WEFT__MERGED(6, WEFT__MERGE_6(__VA_ARGS__))
#define WEFT__ROUTES_7(...) WEFT__MERGED(7, WEFT__MERGE_7(__VA_ARGS__))
#define WEFT__ROUTES_8(...) WEFT__MERGED(8, WEFT__MERGE_8(__VA_ARGS__))
#define WEFT__MERGED(n, ...) ((weft_routes){(const weft_route[]){__VA_ARGS__}, (n)})
#define WEFT__MERGE_1(t)                                            \
    {                                                               \
        .kind = WEFT_ROW_TABLE, .path = "", .table = WEFT__TABLE(t) \
    }
#define WEFT__MERGE_2(t, ...) WEFT__MERGE_1(t), WEFT__MERGE_1(__VA_ARGS__)
#define WEFT__MERGE_3(t, ...) WEFT__MERGE_1(t), WEFT__MERGE_2(__VA_ARGS__)
#define WEFT__MERGE_4(t, ...) WEFT__MERGE_1(t), WEFT__MERGE_3(__VA_ARGS__)
#define WEFT__MERGE_5(t, ...) WEFT__MERGE_1(t), WEFT__MERGE_4(__VA_ARGS__)
#define WEFT__MERGE_6(t, ...) WEFT__MERGE_1(t), WEFT__MERGE_5(__VA_ARGS__)
#define WEFT__MERGE_7(t, ...) WEFT__MERGE_1(t), WEFT__MERGE_6(__VA_ARGS__)
#define WEFT__MERGE_8(t, ...) WEFT__MERGE_1(t), WEFT__MERGE_7(__VA_ARGS__)
/* clang-format on */

/* ---- router ---------------------------------------------------------------------------------- */

/* What becomes of a path that no row matches, when with a "/" more or less at its end one does. */
typedef enum weft_slash {
    WEFT_SLASH_STRICT,   /* "/a" and "/a/" are two paths */
    WEFT_SLASH_REDIRECT, /* 308 to the one that matches, the query kept */
    WEFT_SLASH_IGNORE,   /* the one that matches answers */
} weft_slash;

typedef struct weft_router {
    const void *state;        /* what handlers get as their `const T *` that derives state */
    const weft_layer *layers; /* WEFT_LAYERS(..); NULL: none */
    weft_routes routes;       /* WEFT_ROUTES(..) */
    weft_slash trailing_slash;
    weft_problem_fn *problem; /* NULL: application/problem+json */
} weft_router;

/* Appends what the router answers, a line for each row in their order: method, pattern, handler,
 * and the layers from the outside in. WEFT_INVALID when serving it would be refused: then every
 * fault has been logged. WEFT_NO_MEMORY. */
weft_error weft_router_print(const weft_router *router, weft_buffer *to) WEFT_NODISCARD;

#endif
