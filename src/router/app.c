/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * router/app.c: a router made ready, and how it answers: match first, so that the layers know the
 * route; then the layers from the outside in; inside them the handler, or what is said when there
 * is none. The compiled form is immutable and shared by all workers.
 */
#include "http/url.h"
#include "router/router_internal.h"
#include "router/table.h"
#include <weft/log.h>

struct weft__app {
    weft_arena arena; /* holds the app itself */
    const weft_router *router;
    weft__tree tree;
    const weft_layer *layers;   /* the router's, ended by a NULL name */
    const weft_layer *watchers; /* those of them that see refused requests */
};

/* ---- making ---------------------------------------------------------------------------------- */

static size_t count_layers(const weft_layer *layers)
{
    size_t count = 0;
    while (count <= WEFT_LAYERS_MAX && layers[count].name != NULL)
        count++;
    return count;
}

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
    }
    return WEFT_OK;
}

static weft_error take_layers(weft__app *app)
{
    static const weft_layer none = {.name = NULL};
    app->layers = app->router->layers != NULL ? app->router->layers : &none;
    size_t count = count_layers(app->layers);
    WEFT_TRY(check_layers(app->layers, count));
    weft_layer *watchers = WEFT_NEW_ARRAY(&app->arena, weft_layer, count + 1);
    if (watchers == NULL)
        return WEFT_NO_MEMORY;
    app->watchers = watchers;
    for (size_t i = 0; i < count; i++) {
        if (app->layers[i].watches)
            *watchers++ = app->layers[i];
    }
    *watchers = none;
    return WEFT_OK;
}

weft__app *weft__app_create(const weft_router *router)
{
    weft_arena arena;
    weft_arena_init(&arena, 0);
    weft__app *app = WEFT_NEW(&arena, weft__app);
    weft_error error = WEFT_NO_MEMORY;
    if (app != NULL) {
        *app = (weft__app){.arena = arena, .router = router};
        weft_error layers = take_layers(app);
        error = weft__table_compile(router->routes, &app->arena, &app->tree);
        error = layers != WEFT_OK ? layers : error;
    }
    if (error == WEFT_OK)
        return app;
    if (error == WEFT_NO_MEMORY)
        weft_log(WEFT_LOG_ERROR, "router", "%zu routes do not fit: %s", router->routes.len,
                 weft_error_text(error));
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

/* ---- what the innermost does ----------------------------------------------------------------- */

/* What the request comes to once every layer let it through. */
typedef struct answer {
    const weft__target *target; /* NULL: the rest is the answer */
    weft_http_status status;
    const char *detail;
    weft_str allow; /* empty: no Allow */
} answer;

struct weft_next {
    const weft_layer *layer; /* what runs next */
    const answer *outcome;   /* what runs when no layer is left */
    bool used;
    bool misused;        /* run a second time */
    bool given;          /* the body when weft_next_run returned: */
    const char *body_at; /* its bytes */
    size_t body_len;
};

static bool plain(weft_str raw)
{
    for (size_t i = 0; i < raw.len; i++) {
        if (raw.at[i] == '%' || (unsigned char)raw.at[i] >= 0x80)
            return false;
    }
    return true;
}

WEFT_COLD static void add_violation(weft_request *request, weft_violations *violations,
                                    weft_str name)
{
    weft_str pointer = weft_arena_printf(request->arena, "/%.*s", WEFT_STR_ARGS(name));
    weft_violations_add(violations, "path", pointer, "encoding", "must be percent-encoded UTF-8");
}

/* 400 when a capture is not text, so that handlers need not ask. */
static weft_http_status check_captures(weft_request *request)
{
    weft_violations violations = {.arena = request->arena};
    for (size_t i = 0; i < request->param_count; i++) {
        const weft__param *param = &request->params[i];
        weft_str text;
        if (!plain(param->raw) && !weft__url_decode(param->raw, false, request->arena, &text))
            add_violation(request, &violations, param->name);
    }
    if (violations.total == 0)
        return WEFT_HTTP_OK;
    weft_violations *kept = WEFT_NEW(request->arena, weft_violations);
    if (kept != NULL)
        *kept = violations;
    return weft_reject(request, &(weft_problem){.status = WEFT_HTTP_BAD_REQUEST,
                                                .detail = WEFT_STR("the path is not valid"),
                                                .violations = kept});
}

static weft_http_status run_innermost(const answer *outcome, weft_request *request,
                                      weft_response *response)
{
    if (outcome->target != NULL) {
        WEFT_TRY(check_captures(request));
        return outcome->target->route->call(request, response);
    }
    if (outcome->allow.len != 0 &&
        weft_response_header_set(response, WEFT_STR("Allow"), outcome->allow) != WEFT_OK)
        return WEFT_HTTP_INTERNAL_SERVER_ERROR;
    if (!WEFT_FAILED(outcome->status))
        return outcome->status;
    return weft_rejectf(request, outcome->status, "%s", outcome->detail);
}

/* ---- the onion ------------------------------------------------------------------------------- */

WEFT_COLD static weft_http_status run_twice(weft_next *next, weft_request *request,
                                            weft_response *response)
{
    const weft_layer *layer = next->layer - 1; /* the outermost weft_next is ours and run once */
    weft_log(WEFT_LOG_ERROR, "router",
             "layer %s called weft_next_run twice for one request; sending 500", layer->name);
    next->misused = true;
    weft_response_body_clear(response);
    weft__response_settle(request, response, WEFT_HTTP_INTERNAL_SERVER_ERROR);
    return WEFT_HTTP_INTERNAL_SERVER_ERROR;
}

/* A body that was right for a success inside is not sent with the failure of a layer around it. */
static void take_body_back(const weft_next *inner, weft_response *response, weft_http_status status)
{
    bool untouched = inner->used && inner->given && response->body.at == inner->body_at &&
                     response->body.len == inner->body_len;
    if (WEFT_FAILED(status) && untouched && !WEFT_FAILED(response->status))
        weft_response_body_clear(response);
}

static weft_http_status run_layer(const weft_next *next, weft_request *request,
                                  weft_response *response)
{
    weft_next inner = {.layer = next->layer + 1, .outcome = next->outcome};
    weft_http_status status = next->layer->run(next->layer, request, response, &inner);
    if (WEFT_UNLIKELY(inner.misused))
        return WEFT_HTTP_INTERNAL_SERVER_ERROR;
    take_body_back(&inner, response, status);
    return status;
}

weft_http_status weft_next_run(weft_next *next, weft_request *request, weft_response *response)
{
    if (WEFT_UNLIKELY(next->used))
        return run_twice(next, request, response);
    next->used = true;
    weft_http_status status = next->layer->name != NULL
                                  ? run_layer(next, request, response)
                                  : run_innermost(next->outcome, request, response);
    weft__response_settle(request, response, status);
    next->given = response->body_given;
    next->body_at = response->body.at;
    next->body_len = response->body.len;
    return response->status;
}

/* ---- answering ------------------------------------------------------------------------------- */

static answer found(const weft__target *target, size_t captures, weft_request *request)
{
    request->route = target->pattern;
    request->param_count = captures;
    for (size_t i = 0; i < captures; i++)
        request->params[i].name = target->names[i];
    return (answer){.target = target};
}

/* No row for this path, or none for this method. */
static answer missing(const weft__endpoint *endpoint, const weft_request *request)
{
    bool options = request->method == WEFT_METHOD_OPTIONS;
    if (options && (endpoint != NULL || weft_str_equal(request->path, WEFT_STR("*"))))
        return (answer){.status = WEFT_HTTP_NO_CONTENT,
                        .allow = endpoint != NULL ? endpoint->allow : WEFT_STR("")};
    if (endpoint != NULL)
        return (answer){.status = WEFT_HTTP_METHOD_NOT_ALLOWED,
                        .detail = "the path does not answer this method; Allow lists those it does",
                        .allow = endpoint->allow};
    return (answer){.status = WEFT_HTTP_NOT_FOUND, .detail = "nothing answers this path"};
}

static answer match(const weft__app *app, weft_request *request)
{
    size_t captures = 0;
    const weft__endpoint *endpoint = weft__tree_find(&app->tree, request->path, request->params,
                                                     &captures);
    const weft__target *target = endpoint ? weft__endpoint_target(endpoint, request) : NULL;
    return target != NULL ? found(target, captures, request) : missing(endpoint, request);
}

static void run(const weft__app *app, const weft_layer *layers, const answer *outcome,
                weft_request *request, weft_response *response)
{
    request->state = app->router->state;
    request->render = app->router->problem;
    weft_next first = {.layer = layers, .outcome = outcome};
    (void)weft_next_run(&first, request, response);
}

void weft__app_answer(const weft__app *app, weft_request *request, weft_response *response)
{
    answer outcome = match(app, request);
    run(app, app->layers, &outcome, request, response);
}

void weft__app_refuse(const weft__app *app, weft_request *request, weft_response *response,
                      weft_http_status status, const char *reason)
{
    answer outcome = {.status = status, .detail = reason};
    run(app, app->watchers, &outcome, request, response);
}
