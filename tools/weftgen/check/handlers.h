/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * weftgen/check/handlers.h: what a handler's parameters may be, alone and with a route.
 */
#ifndef WEFTGEN_CHECK_HANDLERS_H
#define WEFTGEN_CHECK_HANDLERS_H

#include "model.h"

/* The signature, whatever the routes. */
void gen_check_handler(const gen_unit *unit, const gen_function *handler);

/* A row as it is mounted: its captures are parameters of the handler, and the other parameters can
 * be had. */
void gen_check_binding(const gen_unit *unit, const gen_mount *mount, const gen_route *route);

/* The literal that a row's pattern ends with: its own, or of a row for the prefix itself the
 * nest's. */
const gen_place *gen_pattern_place(const gen_mount *mount, const gen_route *route);

/* The parameter that takes router.state, or NULL. */
const gen_parameter *gen_state_of(const gen_unit *unit, const gen_function *handler);

#endif
