/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * weftgen/check/handlers.h: what a handler's parameters may be, alone and with a route.
 */
#ifndef WEFTGEN_CHECK_HANDLERS_H
#define WEFTGEN_CHECK_HANDLERS_H

#include "model.h"

/* {name} or {*name} in a pattern. */
typedef struct gen_capture {
    const char *name; /* not terminated */
    size_t len;
    bool wildcard;
    gen_place place;
} gen_capture;

typedef struct gen_captures {
    gen_capture *at;
    size_t len;
} gen_captures;

/* The signature, whatever the routes. */
void gen_check_handler(const gen_unit *unit, const gen_function *handler);

/* The handler of this row: its captures are parameters, and its other parameters can be had. */
void gen_check_binding(const gen_unit *unit, const gen_route *route, const gen_captures *captures);

/* The parameter that takes router.state, or NULL. */
const gen_parameter *gen_state_of(const gen_unit *unit, const gen_function *handler);

#endif
