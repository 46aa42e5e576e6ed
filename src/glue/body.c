/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * glue/body.c: bodies and whole query strings into records, records into bodies, and the refusal of
 * what does not fit.
 */
#include "glue/binding.h"
#include "http/message.h"

#include <weft/glue.h>
#include <weft/log.h>

static bool is_refused(const weft_binding *binding)
{
    return binding->status != 0 || binding->violations.total != 0;
}

/* The problem outlives the handler's frame, so its list must too. */
static weft_http_status reject_violations(weft_binding *binding, weft_http_status status,
                                          weft_str detail)
{
    weft_violations *kept = WEFT_NEW(binding->violations.arena, weft_violations);
    if (kept != NULL)
        *kept = binding->violations;
    return weft_reject(binding->request, &(weft_problem){
                                             .status = status,
                                             .detail = detail,
                                             .violations = kept,
                                         });
}

bool weft__binding_refuse(weft_binding *binding)
{
    if (binding->status == 0)
        binding->status = reject_violations(binding, WEFT_HTTP_BAD_REQUEST,
                                            WEFT_STR("the request's parameters are not valid"));
    return false;
}

bool weft_binding_explain(weft_binding *binding, const weft_problem **why)
{
    *why = NULL;
    if (weft_binding_finish(binding))
        return true;
    if (binding->status >= WEFT_HTTP_INTERNAL_SERVER_ERROR)
        return false;
    const weft_problem *told = binding->request->problem;
    if (told == NULL || told->status != binding->status)
        (void)!weft_reject(binding->request, &(weft_problem){.status = binding->status});
    *why = binding->request->problem;
    return *why != NULL && (*why)->status == binding->status;
}

/* ---- content types ------------------------------------------------------------------------- */

static bool is_json(weft_str type)
{
    const weft_str suffix = WEFT_STR("+json");
    if (weft_str_equal_nocase(type, WEFT_STR("application/json")))
        return true;
    return type.len > suffix.len && memchr(type.at, '/', type.len - suffix.len) != NULL &&
           weft_str_equal_nocase(weft_str_skip(type, type.len - suffix.len), suffix);
}

static bool is_form(weft_str type)
{
    return weft_str_equal_nocase(type, WEFT_STR("application/x-www-form-urlencoded"));
}

static bool is_readable(weft_binding *binding, bool fits, const char *wanted)
{
    weft_http_status status = weft__media_judge(binding->request, fits, wanted);
    if (status != WEFT_HTTP_OK)
        binding->status = status;
    return status == WEFT_HTTP_OK;
}

/* ---- records in ---------------------------------------------------------------------------- */

static bool read_body(weft_binding *binding, weft_str *body)
{
    weft_http_status status = weft_request_body(binding->request, body);
    if (status != WEFT_HTTP_OK)
        binding->status = status;
    return status == WEFT_HTTP_OK;
}

static weft_http_status reject_shape(weft_binding *binding)
{
    return reject_violations(binding, WEFT_HTTP_UNPROCESSABLE_CONTENT,
                             WEFT_STR("the body is not what is expected here"));
}

void weft__binding_judge(weft_binding *binding)
{
    if (binding->status == 0 && binding->violations.total != 0)
        binding->status = reject_shape(binding);
}

void weft_bind_json(weft_binding *binding, weft_json_decode_fn *decode, void *into)
{
    weft_str type = weft__media_type(binding->request), body;
    weft_json_fault fault;
    if (is_refused(binding) || !is_readable(binding, is_json(type), "application/json") ||
        !read_body(binding, &body))
        return;
    switch (weft_json_decode(body, binding->violations.arena, decode, into, &binding->violations,
                             &fault)) {
    case WEFT_JSON_OK: break;
    case WEFT_JSON_SYNTAX:
        binding->status = weft_rejectf(binding->request, WEFT_HTTP_BAD_REQUEST,
                                       "the body is not valid JSON: line %u, column %u: %s",
                                       fault.line, fault.column, fault.reason);
        break;
    case WEFT_JSON_SHAPE: binding->status = reject_shape(binding); break;
    case WEFT_JSON_NO_MEMORY: binding->status = WEFT_HTTP_INTERNAL_SERVER_ERROR; break;
    }
}

static void decode_pairs(weft_binding *binding, weft_pairs_decode_fn *decode, weft_str text,
                         const char *in, void *into)
{
    weft_urlencoded_result result = decode(text, binding->violations.arena, in,
                                           &binding->violations, into);
    if (result == WEFT_URLENCODED_NO_MEMORY)
        binding->status = WEFT_HTTP_INTERNAL_SERVER_ERROR;
    else if (result != WEFT_URLENCODED_OK)
        binding->status = weft_rejectf(binding->request, WEFT_HTTP_BAD_REQUEST,
                                       "the %s is not valid UTF-8", in);
}

void weft_bind_query(weft_binding *binding, weft_pairs_decode_fn *decode, void *into)
{
    if (binding->status == 0)
        decode_pairs(binding, decode, weft_request_query(binding->request), "query", into);
}

void weft_bind_form(weft_binding *binding, weft_pairs_decode_fn *decode, void *into)
{
    weft_str type = weft__media_type(binding->request), body;
    if (is_refused(binding))
        return;
    if (is_readable(binding, is_form(type), "application/x-www-form-urlencoded") &&
        read_body(binding, &body))
        decode_pairs(binding, decode, body, "body", into);
    weft__binding_judge(binding);
}

bool weft_bind_has_body(const weft_binding *binding)
{
    const weft_request *request = binding->request;
    bool comes = request->framing == WEFT__BODY_CHUNKED ||
                 (request->framing == WEFT__BODY_LENGTH && request->content_length != 0);
    return comes || weft_request_header(request, "content-type").at != NULL;
}

static bool is_null(weft_str json)
{
    const char *const space = " \t\r\n";
    while (json.len != 0 && memchr(space, json.at[0], 4) != NULL)
        json = weft_str_skip(json, 1);
    while (json.len != 0 && memchr(space, json.at[json.len - 1], 4) != NULL)
        json.len--;
    return weft_str_equal(json, WEFT_STR("null"));
}

/* A body of another type is refused by who reads it. */
bool weft_bind_has_json(weft_binding *binding)
{
    weft_str body;
    if (!weft_bind_has_body(binding))
        return false;
    bool readable = !is_refused(binding) && is_json(weft__media_type(binding->request));
    return !readable || !read_body(binding, &body) || !is_null(body);
}

void weft_bind_names(weft_binding *binding, const weft_members *members)
{
    binding->request->members = members;
}

/* ---- as it is ------------------------------------------------------------------------------ */

void weft_bind_body_text(weft_binding *binding, weft_str *into)
{
    weft_str body;
    if (is_refused(binding) || !read_body(binding, &body))
        return;
    if (weft_utf8_valid(body))
        *into = body;
    else
        binding->status = weft_rejectf(binding->request, WEFT_HTTP_BAD_REQUEST,
                                       "the body is not valid UTF-8");
}

void weft_bind_body_bytes(weft_binding *binding, weft_bytes *into)
{
    weft_str body;
    if (!is_refused(binding) && read_body(binding, &body))
        *into = (weft_bytes){(const uint8_t *)body.at, body.len};
}

/* ---- records out --------------------------------------------------------------------------- */

static bool has_body(weft_http_status status)
{
    return WEFT_LIKELY(status == WEFT_HTTP_OK) ||
           (status < WEFT_HTTP_BAD_REQUEST && status != WEFT_HTTP_NO_CONTENT &&
            status != WEFT_HTTP_NOT_MODIFIED);
}

weft_buffer *weft__answer_body(weft_response *response, weft_http_status status)
{
    if (!has_body(status) || response->body_given)
        return NULL;
    return weft_response_body(response, WEFT_STR("application/json"));
}

weft_http_status weft__answer_cut(weft_response *response)
{
    weft_response_body_clear(response);
    weft_log(WEFT_LOG_ERROR, "glue", "out of memory while the response was written");
    return WEFT_HTTP_INTERNAL_SERVER_ERROR;
}
