/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * layer/harness.h: one handler behind some layers, asked without a socket.
 */
#ifndef WEFT_TESTS_LAYER_HARNESS_H
#define WEFT_TESTS_LAYER_HARNESS_H

#include "router/router_internal.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <weft/layer.h>

#include <cmocka.h>

typedef struct exchange {
    weft_arena arena;
    weft_request request;
    weft_response response;
    weft__field fields[8];
} exchange;

static inline void exchange_init(exchange *x)
{
    weft_arena_init(&x->arena, 0);
    weft__request_init(&x->request, &x->arena);
    weft__response_init(&x->response, &x->arena);
    x->request.method = WEFT_METHOD_GET;
    x->request.method_name = WEFT_STR("GET");
    x->request.path = WEFT_STR("/x/1");
    x->request.fields = x->fields;
}

static inline void exchange_finish(exchange *x)
{
    weft_arena_reset(&x->arena);
}

static inline void exchange_field(exchange *x, const char *name, const char *value)
{
    x->fields[x->request.field_count++] = (weft__field){weft_str_from(name), weft_str_from(value)};
}

/* Answers with `handler`, for every method and path, behind `layers`. */
static inline void exchange_run(exchange *x, const weft_layer *layers, weft_call_fn *handler)
{
    weft_route route = {.method = "*",
                        .path = "/x/{id}",
                        .handler_name = "handler",
                        .call = handler,
                        .file = "t.c"};
    weft_router router = {.layers = layers, .routes = {&route, 1}};
    weft__app *app = weft__app_create(&router);
    assert_non_null(app);
    weft__app_answer(app, &x->request, &x->response);
    weft__app_destroy(app);
}

static inline bool exchange_has(const exchange *x, const char *text)
{
    return x->response.body.len != 0 &&
           memmem(x->response.body.at, x->response.body.len, text, strlen(text)) != NULL;
}

/* The value of a field of the response as a C string, "" when absent. */
static inline const char *exchange_header(exchange *x, const char *name)
{
    weft_str value = weft_response_header(&x->response, name);
    return value.at ? weft_arena_printf(&x->arena, "%.*s", WEFT_STR_ARGS(value)).at : "";
}

#endif
