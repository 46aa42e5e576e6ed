/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * router/ask.h: routers asked without a socket; their handlers and layers say that they ran.
 */
#ifndef WEFT_TESTS_ROUTER_ASK_H
#define WEFT_TESTS_ROUTER_ASK_H

#include "router/router_internal.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static weft_arena arena;
static weft_request request;
static weft_response response;
static char order[64]; /* the layers that ran, a letter each */

/* Answers "GET /the/route name=value": the route is "-" where none matched. */
static inline weft_http_status say(weft_request *req, weft_response *res)
{
    weft_str route = weft_request_route(req);
    weft_buffer *to = weft_response_body(res, WEFT_STR("text/plain"));
    weft_buffer_append_str(to, weft_request_method_name(req));
    weft_buffer_printf(to, " %.*s", WEFT_STR_ARGS(route.len != 0 ? route : WEFT_STR("-")));
    for (size_t i = 0; i < req->param_count; i++) {
        const weft__param *param = &req->params[i];
        weft_str name = weft_arena_printf(&arena, "%.*s", WEFT_STR_ARGS(param->name));
        weft_buffer_printf(to, " %s=%.*s", name.at,
                           WEFT_STR_ARGS(weft_request_param(req, name.at)));
    }
    return WEFT_HTTP_OK;
}

static inline weft_http_status letter(const weft_layer *self, weft_request *req, weft_response *res,
                                      weft_next *next)
{
    strcat(order, self->name);
    return weft_next_run(next, req, res);
}

#define LETTER(name_)                    \
    {                                    \
        .name = (name_), .run = (letter) \
    }
#define ROW_OF(kind_, m, p, fn, ...)                                                    \
    {                                                                                   \
        .kind = (kind_), .method = (m), .path = (p), .handler_name = #fn, .call = (fn), \
        .file = "t.c", .line = __LINE__, ##__VA_ARGS__                                  \
    }
#define ROW(m, p, ...)        ROW_OF(WEFT_ROW_ROUTE, m, p, say, ##__VA_ARGS__)
#define OTHERWISE(fn, ...)    ROW_OF(WEFT_ROW_FALLBACK, NULL, "", fn, ##__VA_ARGS__)
#define OTHER_METHOD(fn, ...) ROW_OF(WEFT_ROW_METHOD_FALLBACK, NULL, "", fn, ##__VA_ARGS__)
#define UNDER(p, t, ...)                                                                        \
    {                                                                                           \
        .kind = WEFT_ROW_TABLE, .path = (p), .table = WEFT__TABLE(t), .file = "m.c", .line = 9, \
        ##__VA_ARGS__                                                                           \
    }

static inline weft_http_method method_of(const char *name)
{
    static const char *const names[] = {
#define NAME(method) #method,
        WEFT_HTTP_METHODS(NAME)
#undef NAME
    };
    for (int i = 0; i < WEFT_METHOD_OTHER; i++)
        if (strcmp(names[i], name) == 0)
            return (weft_http_method)i;
    return WEFT_METHOD_OTHER;
}

/* Asks for a path, with its query, and answers the status. */
static inline weft_http_status ask_router(const weft_router *router, const char *method,
                                          const char *target)
{
    weft__app *app = weft__app_create(router);
    assert_non_null(app);
    weft_arena_reset(&arena);
    weft__request_init(&request, &arena);
    weft__response_init(&response, &arena);
    const char *query = strchr(target, '?');
    request.method = method_of(method);
    request.method_name = weft_str_from(method);
    request.path = (weft_str){target, query != NULL ? (size_t)(query - target) : strlen(target)};
    request.query = weft_str_from(query != NULL ? query + 1 : NULL);
    order[0] = '\0';
    weft__app_answer(app, &request, &response);
    weft__app_destroy(app);
    return response.status;
}

static inline void assert_text(weft_str text, const char *expected)
{
    if (!weft_str_equal(text, weft_str_from(expected)))
        fail_msg("expected \"%s\", got \"%.*s\"", expected, WEFT_STR_ARGS(text));
}

/* 200 and the text of `say`. */
static inline void assert_says(const weft_router *router, const char *method, const char *target,
                               const char *expected)
{
    assert_int_equal(ask_router(router, method, target), WEFT_HTTP_OK);
    assert_text(weft_buffer_str(&response.body), expected);
}

static inline int finish(void **unused)
{
    (void)unused;
    weft_arena_reset(&arena);
    return 0;
}

#endif
