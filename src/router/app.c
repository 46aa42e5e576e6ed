/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * router/app.c: a router made ready, and how it answers: match first, so that the layers know the
 * route; then the onion. The compiled form is immutable and shared by all workers.
 */
#include "router/onion.h"
#include "router/router_internal.h"
#include "router/slash.h"
#include <weft/log.h>

struct weft__app {
    weft_arena arena; /* holds the app itself */
    const weft_router *router;
    weft__rows rows;
    weft__table table;
    const weft_layer *layers;   /* the router's, ended by a NULL name */
    const weft_layer *watchers; /* those of them that see refused requests */
};

/* ---- making ---------------------------------------------------------------------------------- */

static weft_error check_layers(const weft_layer *layers, size_t count)
{
    if (count > WEFT_LAYERS_MAX) {
        weft_log(WEFT_LOG_ERROR, "router",
                 "more than %d layers, or a list without its end: write WEFT_LAYERS(..)",
                 WEFT_LAYERS_MAX);
        return WEFT_INVALID;
    }
    for (size_t i = 0; i < count; i++) {
        if (layers[i].run == NULL) {
            weft_log(WEFT_LOG_ERROR, "router", "layer %s has no function", layers[i].name);
            return WEFT_INVALID;
        }
        if (layers[i].check != NULL)
            WEFT_TRY(layers[i].check(&layers[i]));
    }
    return WEFT_OK;
}

static weft_error take_layers(weft__app *app)
{
    app->layers = weft__router_layers(app->router);
    size_t count = weft__layers_count(app->layers);
    WEFT_TRY(check_layers(app->layers, count));
    weft_layer *watchers = WEFT_NEW_ARRAY(&app->arena, weft_layer, count + 1);
    if (watchers == NULL)
        return WEFT_NO_MEMORY;
    app->watchers = watchers;
    for (size_t i = 0; i < count; i++) {
        if (app->layers[i].watches)
            *watchers++ = app->layers[i];
    }
    *watchers = (weft_layer){.name = NULL};
    return WEFT_OK;
}

static weft_error take_routes(weft__app *app)
{
    weft_error listed = weft__rows_list(app->router, &app->arena, &app->rows);
    if (listed == WEFT_NO_MEMORY)
        return listed;
    weft_error compiled = weft__table_compile(app->rows, &app->arena, &app->table);
    return listed != WEFT_OK ? listed : compiled;
}

weft__app *weft__app_create(const weft_router *router)
{
    weft_arena arena;
    weft_arena_init(&arena, 0);
    weft__app *app = WEFT_NEW(&arena, weft__app);
    weft_error error = WEFT_NO_MEMORY;
    if (app != NULL) {
        *app = (weft__app){.arena = arena, .router = router};
        error = take_layers(app);
        if (error == WEFT_OK)
            error = take_routes(app);
    }
    if (error == WEFT_OK)
        return app;
    if (error == WEFT_NO_MEMORY)
        weft_log(WEFT_LOG_ERROR, "router", "the routes do not fit: %s", weft_error_text(error));
    weft__app_destroy(app);
    return NULL;
}

void weft__app_destroy(weft__app *app)
{
    if (app == NULL)
        return;
    weft_arena arena = app->arena;
    weft_arena_reset(&arena);
}

weft__rows weft__app_rows(const weft__app *app)
{
    return app->rows;
}

/* ---- answering ------------------------------------------------------------------------------- */

static weft__answer found(const weft__target *target, size_t captures, weft_request *request)
{
    request->route = target->pattern;
    request->param_count = captures;
    for (size_t i = 0; i < captures; i++) {
        request->params[i].name = target->names[i];
        request->params[i].text = (weft_str){NULL, 0};
    }
    return (weft__answer){.target = target};
}

/* A handler for what no row matches, with the captures of its prefix. */
static weft__answer fall_back(const weft__target *target, weft_request *request)
{
    return found(target, target->name_count, request);
}

/* No row for this path, or none for this method. */
static weft__answer missing(const weft__app *app, const weft__endpoint *endpoint,
                            weft_request *request)
{
    bool options = request->method == WEFT_METHOD_OPTIONS;
    if (options && (endpoint != NULL || weft_str_equal(request->path, WEFT_STR("*"))))
        return (weft__answer){.status = WEFT_HTTP_NO_CONTENT,
                              .allow = endpoint != NULL ? endpoint->allow : WEFT_STR("")};
    if (endpoint != NULL && endpoint->otherwise != NULL) {
        weft__answer otherwise = fall_back(endpoint->otherwise, request);
        otherwise.allow = endpoint->allow;
        return otherwise;
    }
    if (endpoint != NULL)
        return (weft__answer){
            .status = WEFT_HTTP_METHOD_NOT_ALLOWED,
            .detail = "the path does not answer this method; Allow lists those it does",
            .allow = endpoint->allow};
    const weft__target *fallback = weft__table_fallback(&app->table, request->path,
                                                        request->params);
    if (fallback != NULL)
        return fall_back(fallback, request);
    return (weft__answer){.status = WEFT_HTTP_NOT_FOUND, .detail = "nothing answers this path"};
}

static inline const weft__endpoint *find(const weft__app *app, weft_request *request,
                                         size_t *captures)
{
    weft__path_kept *kept = request->path_kept;
    const weft__endpoint *endpoint = NULL;
    if (kept != NULL)
        endpoint = weft__tree_again(kept, request->path, request->params, captures);
    if (endpoint == NULL)
        endpoint = weft__tree_find(&app->table.tree, request->path, request->params, captures,
                                   kept);
    return endpoint;
}

static weft__answer match(const weft__app *app, weft_request *request)
{
    size_t captures = 0;
    const weft__endpoint *endpoint = find(app, request, &captures);
    if (endpoint == NULL && app->router->trailing_slash != WEFT_SLASH_STRICT) {
        weft_str location = weft__slash_find(&app->table.tree, app->router->trailing_slash, request,
                                             &endpoint, &captures);
        if (location.len != 0)
            return (weft__answer){.status = WEFT_HTTP_PERMANENT_REDIRECT, .location = location};
    }
    const weft__target *target = endpoint ? weft__endpoint_target(endpoint, request) : NULL;
    return target != NULL ? found(target, captures, request) : missing(app, endpoint, request);
}

static void run(const weft__app *app, const weft_layer *layers, const weft__answer *outcome,
                weft_request *request, weft_response *response)
{
    request->state = app->router->state;
    request->render = app->router->problem;
    weft__onion_run(layers, outcome, request, response);
}

void weft__app_answer(const weft__app *app, weft_request *request, weft_response *response)
{
    weft__answer outcome = match(app, request);
    const weft_layer *layers = outcome.target != NULL ? outcome.target->layers : app->layers;
    run(app, layers, &outcome, request, response);
}

WEFT_COLD void weft__app_refuse(const weft__app *app, weft_request *request,
                                weft_response *response, weft_http_status status,
                                const char *reason)
{
    weft__answer outcome = {.status = status, .detail = reason};
    run(app, app->watchers, &outcome, request, response);
}
