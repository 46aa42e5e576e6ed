/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * router/onion.c: the layers from the outside in; inside them the handler, or what is said when
 * there is none.
 */
#include "router/onion.h"
#include "base/context.h"
#include "http/url.h"
#include <weft/log.h>

/* ---- what the innermost does ----------------------------------------------------------------- */

struct weft_next {
    const weft_layer *layer;     /* what runs next */
    const weft__answer *outcome; /* what runs when no layer is left */
    bool used;
    bool misused;        /* run a second time */
    bool given;          /* the body when weft_next_run returned: */
    const char *body_at; /* its bytes */
    size_t body_len;
    const weft__flow *flow;
};

WEFT_COLD static void add_violation(weft_request *request, weft_violations *violations,
                                    weft_str name)
{
    weft_str pointer = weft_arena_printf(request->arena, "/%.*s", WEFT_STR_ARGS(name));
    weft_violations_add(violations, "path", pointer, "encoding", "must be percent-encoded UTF-8");
}

WEFT_COLD static weft_http_status refuse_captures(weft_request *request)
{
    weft_violations violations = {.arena = request->arena};
    for (size_t i = 0; i < request->param_count; i++) {
        if (request->params[i].text.at == NULL)
            add_violation(request, &violations, request->params[i].name);
    }
    weft_violations *kept = WEFT_NEW(request->arena, weft_violations);
    if (kept != NULL)
        *kept = violations;
    return weft_reject(request, &(weft_problem){.status = WEFT_HTTP_BAD_REQUEST,
                                                .detail = WEFT_STR("the path is not valid"),
                                                .violations = kept});
}

static __attribute__((noinline)) weft_http_status decode_from(weft_request *request, size_t first)
{
    bool good = true;
    for (size_t i = first; i < request->param_count; i++) {
        weft__param *param = &request->params[i];
        good = weft__url_decode(param->raw, false, request->arena, &param->text) && good;
    }
    return WEFT_LIKELY(good) ? WEFT_HTTP_OK : refuse_captures(request);
}

/* 400 when a capture is not text, so that handlers need not ask. */
static inline weft_http_status decode_captures(weft_request *request)
{
    for (size_t i = 0; i < request->param_count; i++) {
        if (WEFT_UNLIKELY(!weft__url_plain(request->params[i].raw)))
            return decode_from(request, i);
        request->params[i].text = request->params[i].raw;
    }
    return WEFT_HTTP_OK;
}

static bool set_field(weft_response *response, weft_str name, weft_str value)
{
    return value.len == 0 || weft_response_header_set(response, name, value) == WEFT_OK;
}

static WEFT_COLD bool set_fields(const weft__answer *outcome, weft_response *response)
{
    return set_field(response, WEFT_STR("Allow"), outcome->allow) &&
           set_field(response, WEFT_STR("Location"), outcome->location);
}

/* What the handler opened and left open, such as a transaction, ends with it. */
static weft_http_status run_handler(const weft_route *route, weft_request *request,
                                    weft_response *response)
{
    weft__context *context = weft__context_current();
    const weft__owned *mark = context->owned;
    weft__context_rename(context, route->handler_name != NULL ? route->handler_name : route->path);
    weft_http_status status = route->call(request, response);
    weft__release_owned(context, mark);
    return status;
}

static weft_http_status run_innermost(const weft__answer *outcome, weft_request *request,
                                      weft_response *response)
{
    bool fields = (outcome->allow.len | outcome->location.len) != 0;
    if (WEFT_UNLIKELY(fields) && !set_fields(outcome, response))
        return WEFT_HTTP_INTERNAL_SERVER_ERROR;
    if (WEFT_LIKELY(outcome->target != NULL)) {
        WEFT_TRY(decode_captures(request));
        return run_handler(outcome->target->route, request, response);
    }
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
    if (WEFT_LIKELY(!WEFT_FAILED(status)) || WEFT_FAILED(response->status))
        return;
    bool untouched = inner->used && inner->given && response->body.at == inner->body_at &&
                     response->body.len == inner->body_len && response->flow == inner->flow;
    if (untouched)
        weft_response_body_clear(response);
}

/* Runs the layer and, when it says so, what is inside it. */
static inline weft_http_status run_layer(const weft_layer *layer, const weft__answer *outcome,
                                         weft_request *request, weft_response *response)
{
    weft_next inner = {.layer = layer + 1, .outcome = outcome};
    weft_http_status status = layer->run(layer, request, response, &inner);
    if (WEFT_UNLIKELY(inner.misused))
        return WEFT_HTTP_INTERNAL_SERVER_ERROR;
    take_body_back(&inner, response, status);
    return status;
}

/* Kept apart from weft_next_run, which has fewer registers to save without it. */
static __attribute__((noinline)) weft_http_status
run_next_layer(const weft_next *next, weft_request *request, weft_response *response)
{
    return run_layer(next->layer, next->outcome, request, response);
}

weft_http_status weft_next_run(weft_next *next, weft_request *request, weft_response *response)
{
    if (WEFT_UNLIKELY(next->used))
        return run_twice(next, request, response);
    next->used = true;
    weft_http_status status = next->layer->name != NULL
                                  ? run_next_layer(next, request, response)
                                  : run_innermost(next->outcome, request, response);
    weft__response_settle_at_once(request, response, status);
    next->given = response->body_given;
    next->body_at = response->body.at;
    next->body_len = response->body.len;
    next->flow = response->flow;
    return response->status;
}

void weft__onion_run(const weft_layer *layers, const weft__answer *outcome, weft_request *request,
                     weft_response *response)
{
    if (layers->name == NULL) {
        weft_next innermost = {.layer = layers, .outcome = outcome};
        (void)!weft_next_run(&innermost, request, response);
    } else { /* the same without what the layer around it would want to know: there is none */
        weft_http_status status = run_layer(layers, outcome, request, response);
        weft__response_settle_at_once(request, response, status);
    }
}
