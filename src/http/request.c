/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * http/request.c: what handlers and layers may ask of a request.
 */
#include "base/context.h"
#include "http/message.h"
#include "http/url.h"
#include <weft/log.h>

void weft__request_init(weft_request *request, weft_arena *arena)
{
    weft__message_clear(request, offsetof(weft_request, params));
    request->arena = arena;
    request->fields = request->fields_inside;
    request->field_capacity = WEFT__FIELDS_INSIDE;
}

weft_request *weft_request_current(void)
{
    return weft__context_current()->request;
}

/* ---- line and fields ------------------------------------------------------------------------ */

weft_http_method weft_request_method(const weft_request *request)
{
    return request->method;
}

weft_str weft_request_method_name(const weft_request *request)
{
    return request->method_name;
}

weft_str weft_request_path(const weft_request *request)
{
    return request->path;
}

weft_str weft_request_query(const weft_request *request)
{
    return request->query;
}

weft_str weft_request_host(const weft_request *request)
{
    return request->host;
}

weft_str weft_request_header(const weft_request *request, const char *name)
{
    return weft__field_find(request->fields, request->field_count, weft_str_from(name));
}

size_t weft_request_header_count(const weft_request *request)
{
    return request->field_count;
}

void weft_request_header_at(const weft_request *request, size_t index, weft_str *name,
                            weft_str *value)
{
    *name = request->fields[index].name;
    *value = request->fields[index].value;
}

/* ---- route and connection ------------------------------------------------------------------- */

weft_str weft_request_param(const weft_request *request, const char *name)
{
    for (size_t i = 0; i < request->param_count; i++) {
        const weft__param *param = &request->params[i];
        if (!weft_str_equal(param->name, weft_str_from(name)))
            continue;
        weft_str text = param->text; /* layers ask before the router has looked at it */
        if (text.at == NULL && !weft__url_decode(param->raw, false, request->arena, &text))
            break;
        return text;
    }
    return (weft_str){NULL, 0};
}

weft_str weft_request_route(const weft_request *request)
{
    return request->route;
}

weft_arena *weft_request_arena(const weft_request *request)
{
    return request->arena;
}

weft_address weft_request_peer(const weft_request *request)
{
    return request->peer;
}

const void *weft_request_state(const weft_request *request)
{
    return request->state;
}

/* ---- what layers attach ---------------------------------------------------------------------- */

weft_error weft__request_attach(weft_request *request, const char *type, const void *value,
                                size_t size)
{
    weft__attached *attached = weft_arena_alloc(request->arena, sizeof *attached + size,
                                                _Alignof(weft__attached));
    if (attached == NULL)
        return WEFT_NO_MEMORY;
    attached->next = request->attached;
    attached->type = type;
    memcpy(attached->value, value, size);
    request->attached = attached;
    return WEFT_OK;
}

const void *weft__request_attached(const weft_request *request, const char *type)
{
    for (const weft__attached *at = request->attached; at != NULL; at = at->next)
        if (strcmp(at->type, type) == 0)
            return at->value;
    return NULL;
}

/* ---- body ----------------------------------------------------------------------------------- */

static void read_body(weft_request *request)
{
    request->body_status = request->reader ? request->reader->whole(request) : WEFT_HTTP_OK;
    request->body_state = request->body_status < WEFT_HTTP_BAD_REQUEST ? WEFT__BODY_READ
                                                                       : WEFT__BODY_FAILED;
}

static WEFT_COLD void read_already(weft_request *request)
{
    weft_log(WEFT_LOG_ERROR, "http", "%.*s: weft_request_body after weft_request_read; sending 500",
             WEFT_STR_ARGS(request->path));
    request->body_state = WEFT__BODY_FAILED;
    request->body_status = WEFT_HTTP_INTERNAL_SERVER_ERROR;
}

weft_http_status weft_request_body(weft_request *request, weft_str *body)
{
    if (request->body_state == WEFT__BODY_UNREAD)
        read_body(request);
    if (request->body_state == WEFT__BODY_BEGUN || request->body_state == WEFT__BODY_ENDED)
        read_already(request);
    if (request->body_state == WEFT__BODY_FAILED)
        return request->body_status;
    *body = request->body;
    return WEFT_HTTP_OK;
}
