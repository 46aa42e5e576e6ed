/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * http/problem.c: how a request is rejected, and how what a handler returned becomes a response:
 * RFC 9457 problem documents, all of one shape.
 */
#include "http/message.h"
#include <stdio.h>
#include <weft/log.h>

weft_str weft__http_format(weft_arena *arena, const char *format, va_list arguments)
{
    va_list again;
    va_copy(again, arguments);
    int len = vsnprintf(NULL, 0, format, again);
    va_end(again);
    char *at = len < 0 ? NULL : weft_arena_alloc(arena, (size_t)len + 1, 1);
    if (at == NULL)
        return (weft_str){NULL, 0};
    vsnprintf(at, (size_t)len + 1, format, arguments);
    return (weft_str){at, (size_t)len};
}

/* ---- rejecting ------------------------------------------------------------------------------ */

weft_http_status weft_reject(weft_request *request, const weft_problem *problem)
{
    weft_problem *copy = WEFT_NEW(request->arena, weft_problem);
    if (copy != NULL) {
        *copy = *problem;
        request->problem = copy;
    }
    return problem->status;
}

weft_http_status weft_rejectf(weft_request *request, weft_http_status status, const char *detail,
                              ...)
{
    va_list arguments;
    va_start(arguments, detail);
    weft_problem problem = {
        .status = status,
        .detail = weft__http_format(request->arena, detail, arguments),
    };
    va_end(arguments);
    return weft_reject(request, &problem);
}

/* ---- the default renderer ------------------------------------------------------------------- */

#define APPEND(to, literal) weft_buffer_append((to), "" literal, sizeof(literal) - 1)

static void append_number(weft_buffer *to, uint64_t number)
{
    char digits[20];
    weft_buffer_append(to, digits, weft_u64_to_text(number, digits));
}

static void append_violation(weft_buffer *to, const weft_violation *violation)
{
    APPEND(to, "{\"in\":");
    weft_buffer_append_quoted(to, weft_str_from(violation->in));
    APPEND(to, ",\"pointer\":");
    weft_buffer_append_quoted(to, violation->pointer);
    APPEND(to, ",\"code\":");
    weft_buffer_append_quoted(to, weft_str_from(violation->code));
    APPEND(to, ",\"detail\":");
    weft_buffer_append_quoted(to, violation->detail);
    APPEND(to, "}");
}

static void append_violations(weft_buffer *to, const weft_violations *violations)
{
    APPEND(to, ",\"errors\":[");
    for (size_t i = 0; i < violations->len; i++) {
        if (i != 0)
            APPEND(to, ",");
        append_violation(to, &violations->at[i]);
    }
    APPEND(to, "]");
    if (violations->total > violations->len) {
        APPEND(to, ",\"errors_total\":");
        append_number(to, violations->total);
    }
}

void weft__problem_render(weft_request *request, weft_response *response,
                          const weft_problem *problem)
{
    weft_str title = problem->title.len ? problem->title
                                        : weft_str_from(weft_http_status_text(problem->status));
    weft_buffer *to = weft_response_body(response, WEFT_STR("application/problem+json"));
    APPEND(to, "{\"type\":");
    weft_buffer_append_quoted(to, problem->type.len ? problem->type : WEFT_STR("about:blank"));
    APPEND(to, ",\"title\":");
    weft_buffer_append_quoted(to, title);
    APPEND(to, ",\"status\":");
    append_number(to, (uint64_t)problem->status);
    if (problem->detail.len != 0) {
        APPEND(to, ",\"detail\":");
        weft_buffer_append_quoted(to, problem->detail);
    }
    if (request->path.len != 0) {
        APPEND(to, ",\"instance\":");
        weft_buffer_append_quoted(to, request->path);
    }
    if (problem->violations != NULL && problem->violations->total != 0)
        append_violations(to, problem->violations);
    APPEND(to, "}");
}

/* ---- settling ------------------------------------------------------------------------------- */

/* What did not fit is missing: it is a help and no more. */
static void say_when(weft_response *response, unsigned seconds)
{
    char digits[20];
    weft_str value = {digits, weft_u64_to_text(seconds, digits)};
    (void)!weft_response_header_set(response, WEFT_STR("Retry-After"), value);
}

static void render(weft_request *request, weft_response *response)
{
    weft_problem plain = {.status = response->status};
    const weft_problem *problem = request->problem;
    if (problem == NULL || problem->status != response->status)
        problem = &plain;
    (request->render ? request->render : weft__problem_render)(request, response, problem);
    if (problem->retry_after != 0)
        say_when(response, problem->retry_after);
    if (response->body.failed)
        weft_response_body_clear(response);
    response->rendered = true;
}

/* What was written for that status is not sent with the failure. */
static WEFT_COLD weft_http_status impossible(const weft_request *request, weft_response *response,
                                             weft_http_status status)
{
    weft_str place = request->route.len ? request->route : request->path;
    weft_log(WEFT_LOG_ERROR, "http", "the handler of %.*s returned status %d; sending 500",
             WEFT_STR_ARGS(place), (int)status);
    weft_response_body_clear(response);
    return WEFT_HTTP_INTERNAL_SERVER_ERROR;
}

static WEFT_COLD weft_http_status unusual(weft_request *request, weft_response *response,
                                          weft_http_status status)
{
    const weft__flow *flow = response->flow;
    if (status != WEFT_HTTP_SWITCHING_PROTOCOLS || !flow || flow->kind != WEFT__FLOW_UPGRADE)
        return impossible(request, response, status);
    return weft__upgrade_settle(request, response);
}

/* A body that was cut for want of memory is not sent. */
static WEFT_COLD weft_http_status body_lost(weft_response *response)
{
    weft_log(WEFT_LOG_ERROR, "http", "a response body did not fit into memory; sending 500");
    weft_response_body_clear(response);
    return WEFT_HTTP_INTERNAL_SERVER_ERROR;
}

void weft__response_settle(weft_request *request, weft_response *response, weft_http_status status)
{
    if (WEFT_UNLIKELY((int)status < WEFT_HTTP_OK || (int)status > 599))
        status = unusual(request, response, status);
    if (WEFT_UNLIKELY(response->body.failed))
        status = body_lost(response);
    if (WEFT_UNLIKELY(response->rendered && response->status != status))
        weft_response_body_clear(response);
    response->status = status;
    if (status >= WEFT_HTTP_BAD_REQUEST && !response->body_given && !response->rendered)
        render(request, response);
}
