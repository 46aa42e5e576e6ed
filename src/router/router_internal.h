/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * router/router_internal.h: a router made ready to serve, for serve and tests.
 */
#ifndef WEFT_ROUTER_INTERNAL_H
#define WEFT_ROUTER_INTERNAL_H

#include "router/rows.h"

/* The compiled form: read-only once built, shared by all workers without locks. */
typedef struct weft__app weft__app;

/* Checks and compiles. NULL when a pattern is malformed or two routes conflict: then every fault
 * has been logged as an error, with both routes and their file:line. The router and its tables must
 * outlive the app. */
weft__app *weft__app_create(const weft_router *router) WEFT_NODISCARD;
void weft__app_destroy(weft__app *app);

/* The rows of all its tables; they live as long as the app. */
weft__rows weft__app_rows(const weft__app *app);

/* Answers: matches, runs layers and handler, settles the response. Suspends as the handler does. */
void weft__app_answer(const weft__app *app, weft_request *request, weft_response *response);

/* Renders a refusal that never reached routing (malformed bytes, limits) through the same renderer,
 * and the layers that watch every answer (trace) see it. */
void weft__app_refuse(const weft__app *app, weft_request *request, weft_response *response,
                      weft_http_status status, const char *reason);

#endif
