/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * weft/router.h: tables of routes, and the router that holds them with its state and layers.
 *
 * Patterns: "/users", "/users/{id}" (one whole segment, never empty), "/files/{*rest}" (the rest of
 * the path, at the end, never empty). Static beats capture beats wildcard, segment by segment from
 * the left, whatever the order of the rows; where the better choice leads nowhere, the next is
 * tried. Matching is on the path as sent; captures are percent-decoded afterwards, and what does
 * not decode to UTF-8 is answered with 400. "/a" and "/a/" are two paths.
 *
 * HEAD is answered by GET unless a row says HEAD. OPTIONS without a row of its own is answered 204
 * with Allow; a path without a row for the method, 405 with Allow. Two rows with one method and
 * paths that differ at most in the names of captures are refused at start; rows with different
 * methods may name the captures of one path differently.
 */
#ifndef WEFT_ROUTER_H
#define WEFT_ROUTER_H

#include <weft/http.h>

#define WEFT_PATTERN_MAX  1024 /* bytes of one pattern */
#define WEFT_SEGMENTS_MAX 32   /* its segments; a pattern has at most 16 captures */

/* What generated code makes of a handler: binds, calls, renders. */
typedef weft_http_status weft_call_fn(weft_request *request, weft_response *response);

/* Any function, before its type is known to the table. */
typedef void weft_any_fn(void);

typedef struct weft_route {
    const char *method;   /* "GET", ..., or "*" for any */
    const char *path;     /* the pattern */
    weft_any_fn *handler; /* the user's function */
    const char *handler_name;
    weft_call_fn *call; /* its generated glue */
    const char *file;   /* where the row stands */
    int line;
} weft_route;

typedef struct weft_routes {
    const weft_route *at;
    size_t len;
} weft_routes;

/* WEFT_ROUTES(table): a whole static array. */
#define WEFT_ROUTES(table) ((weft_routes){(table), sizeof(table) / sizeof((table)[0])})

/* ---- layers: the onion ---------------------------------------------------------------------- */

typedef struct weft_next weft_next;
typedef struct weft_layer weft_layer;

/* A layer as a user writes it: looks at the request, calls weft_next_run once or not at all, looks
 * at the response, returns the status. */
typedef weft_http_status weft_layer_fn(weft_request *request, weft_response *response,
                                       weft_next *next);

struct weft_layer {
    const char *name; /* NULL ends a list */
    weft_http_status (*run)(const weft_layer *self, weft_request *request, weft_response *response,
                            weft_next *next);
    weft_layer_fn *function; /* of weft_layer_from */
    int64_t number;          /* a layer's one setting, e.g. nanoseconds */
    bool watches;            /* sees requests refused before routing (malformed, too large), too */
};

/* The layers in the order in which they see the request: the first is outermost. At most
 * WEFT_LAYERS_MAX. The list lives as long as the block it stands in. */
#define WEFT_LAYERS_MAX  32
#define WEFT_LAYERS(...) ((const weft_layer[]){__VA_ARGS__, {.name = NULL}})

/* Runs what is inside and returns its status; afterwards the response is settled: a failing status
 * without a body has become a problem document. At most once per layer: a second call is 500, and
 * logged. A layer that returns a failing status after a success inside takes the body back, unless
 * it wrote another one. */
weft_http_status weft_next_run(weft_next *next, weft_request *request, weft_response *response);

/* ---- router ---------------------------------------------------------------------------------- */

typedef struct weft_router {
    const void *state;        /* what handlers get as their `const T *` that derives state */
    const weft_layer *layers; /* WEFT_LAYERS(..); NULL: none */
    weft_routes routes;
    weft_problem_fn *problem; /* NULL: application/problem+json */
} weft_router;

#endif
