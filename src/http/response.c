/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * http/response.c: what handlers and layers may say in a response. Every name and value is checked
 * here, so that the writer can copy blindly: no CR, LF or NUL ever reaches it.
 */
#include "http/copy.h"
#include "http/h1/scan.h"
#include "http/message.h"
#include <unistd.h>
#include <weft/log.h>

void weft__response_init(weft_response *response, weft_arena *arena)
{
    weft__message_clear(response, offsetof(weft_response, fields_inside));
    response->arena = arena;
    response->fields = response->fields_inside;
    response->field_capacity = WEFT__RESPONSE_FIELDS_INSIDE;
    weft_buffer_init(&response->body, arena);
}

/* ---- fields --------------------------------------------------------------------------------- */

/* The same for what is less than a block of weft__scan. */
static bool short_value(const char *at, const char *end)
{
    for (; at != end; at++)
        if (((unsigned char)*at < ' ' && *at != '\t') || *at == 0x7f)
            return false;
    return true;
}

/* TAB, visible ASCII, space and bytes above ASCII (RFC 9110 section 5.5). */
bool weft__http_value(weft_str value)
{
    const char *end = value.at + value.len;
    if (value.len < WEFT__BLOCK)
        return short_value(value.at, end);
    for (const char *at = value.at;; at++) {
        at = weft__scan(value.at, at, end, weft__stops_value);
        if (at == end || *at != '\t')
            return at == end;
    }
}

static bool servers_own(weft_str name)
{
    switch (name.len) {
    case 4: return weft_str_equal_nocase(name, WEFT_STR("Date"));
    case 10: return weft_str_equal_nocase(name, WEFT_STR("Connection"));
    case 14: return weft_str_equal_nocase(name, WEFT_STR("Content-Length"));
    case 17: return weft_str_equal_nocase(name, WEFT_STR("Transfer-Encoding"));
    default: return false;
    }
}

static bool is_content_type(weft_str name)
{
    return weft_str_equal_nocase(name, WEFT_STR("Content-Type"));
}

static bool make_room(weft_response *response)
{
    if (response->field_count < response->field_capacity)
        return true;
    size_t capacity = 2 * response->field_capacity;
    weft__field *fields = WEFT_NEW_ARRAY(response->arena, weft__field, capacity);
    if (fields == NULL)
        return false;
    memcpy(fields, response->fields, response->field_count * sizeof *fields);
    response->fields = fields;
    response->field_capacity = capacity;
    return true;
}

/* Takes away every field of that name. */
static void drop(weft_response *response, weft_str name)
{
    size_t kept = 0;
    for (size_t i = 0; i < response->field_count; i++)
        if (!weft_str_equal_nocase(response->fields[i].name, name))
            response->fields[kept++] = response->fields[i];
    response->field_count = kept;
}

/* Name and value in one piece of memory, as the line that will be sent. */
static inline bool copy_field(weft_arena *arena, weft_str name, weft_str value, weft__field *out)
{
    char *at = weft_arena_alloc(arena, name.len + value.len + WEFT__LINE_EXTRA, 1);
    if (at == NULL)
        return false;
    char *second = weft__copy_text(at, name);
    memcpy(second, ": ", 2);
    char *end = weft__copy_text(second + 2, value);
    memcpy(end, "\r\n", 2);
    *out = (weft__field){{at, name.len}, {second + 2, value.len}};
    return true;
}

static weft_error put(weft_response *response, weft_str name, weft_str value, bool replace)
{
    weft__field copy;
    if (!weft__http_token(name) || !weft__http_value(value) || servers_own(name))
        return WEFT_INVALID;
    if (!make_room(response) || !copy_field(response->arena, name, weft__trim(value), &copy))
        return WEFT_NO_MEMORY;
    if (is_content_type(name)) {
        response->content_type = copy.value;
        return WEFT_OK;
    }
    if (replace && response->field_count != 0)
        drop(response, name);
    response->fields[response->field_count++] = copy;
    response->lines_size += weft__response_line(&copy).len;
    return WEFT_OK;
}

weft_error weft_response_header_set(weft_response *response, weft_str name, weft_str value)
{
    return put(response, name, value, true);
}

weft_error weft_response_header_add(weft_response *response, weft_str name, weft_str value)
{
    return put(response, name, value, false);
}

weft_str weft_response_header(const weft_response *response, const char *name)
{
    if (is_content_type(weft_str_from(name)))
        return response->content_type;
    return weft__field_find(response->fields, response->field_count, weft_str_from(name));
}

/* A URI reference is visible ASCII without the bytes that RFC 3986 has no use for. Browsers read a
 * backslash as a slash. */
static bool reference_valid(weft_str s)
{
    for (size_t i = 0; i < s.len; i++)
        if ((uint8_t)s.at[i] <= ' ' || (uint8_t)s.at[i] >= 0x7f ||
            strchr("\"<>\\^`{|}", s.at[i]) != NULL)
            return false;
    return s.len != 0;
}

static weft_error __attribute__((format(printf, 2, 0)))
set_location(weft_response *response, const char *format, va_list arguments)
{
    weft_str location = weft__http_format(response->arena, format, arguments);
    if (location.at == NULL)
        return WEFT_NO_MEMORY;
    if (!reference_valid(location))
        return WEFT_INVALID;
    return weft_response_header_set(response, WEFT_STR("Location"), location);
}

weft_error weft_response_location(weft_response *response, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    weft_error error = set_location(response, format, arguments);
    va_end(arguments);
    return error;
}

static bool redirects(weft_http_status status)
{
    return status == WEFT_HTTP_MOVED_PERMANENTLY || status == WEFT_HTTP_FOUND ||
           status == WEFT_HTTP_SEE_OTHER || status == WEFT_HTTP_TEMPORARY_REDIRECT ||
           status == WEFT_HTTP_PERMANENT_REDIRECT;
}

/* The location itself is not logged: what came from outside may be a secret. */
static WEFT_COLD weft_http_status refuse_redirect(weft_http_status status, const char *format,
                                                  weft_error error)
{
    const char *why = !redirects(status)      ? "only 301, 302, 303, 307 and 308 redirect"
                      : error == WEFT_INVALID ? "that makes no URI reference; percent-encode what "
                                                "comes from outside"
                                              : weft_error_text(error);
    weft_log(WEFT_LOG_ERROR, "http", "a redirect with status %d to \"%s\" is 500 instead: %s",
             (int)status, format, why);
    return WEFT_HTTP_INTERNAL_SERVER_ERROR;
}

weft_http_status weft_response_redirect(weft_response *response, weft_http_status status,
                                        const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    weft_error error = redirects(status) ? set_location(response, format, arguments) : WEFT_INVALID;
    va_end(arguments);
    return error == WEFT_OK ? status : refuse_redirect(status, format, error);
}

bool weft_location_is_local(weft_str location)
{
    return reference_valid(location) && location.at[0] == '/' &&
           (location.len == 1 || location.at[1] != '/');
}

/* ---- status and body ------------------------------------------------------------------------ */

weft_http_status weft_response_status(const weft_response *response)
{
    return response->status;
}

weft_buffer *weft_response_body(weft_response *response, weft_str content_type)
{
    if (response->rendered || response->flow != NULL)
        weft_response_body_clear(response);
    if (weft__http_value(content_type))
        response->content_type = content_type;
    response->body_given = true;
    return &response->body;
}

void weft__response_finish(weft_response *response)
{
    if (response->flow != NULL && response->flow->kind == WEFT__FLOW_FILE)
        close(response->flow->fd);
    response->flow = NULL;
}

void weft_response_body_clear(weft_response *response)
{
    weft__response_finish(response);
    weft_buffer_init(&response->body, response->arena);
    response->content_type = (weft_str){NULL, 0};
    response->body_given = false;
    response->rendered = false;
}

weft_error weft__response_file_give(weft_response *response, weft_str content_type, int fd,
                                    uint64_t offset, uint64_t length)
{
    weft_response_body_clear(response);
    weft__flow *flow = WEFT_NEW(response->arena, weft__flow);
    if (flow == NULL) {
        close(fd);
        return WEFT_NO_MEMORY;
    }
    *flow = (weft__flow){.kind = WEFT__FLOW_FILE, .fd = fd, .offset = offset, .length = length};
    weft_response_body(response, content_type);
    response->flow = flow;
    return WEFT_OK;
}

/* A body of its own with a content type that outlives the response. */
static weft_error set_body(weft_response *response, weft_str content_type, weft_str bytes)
{
    weft_response_body_clear(response);
    weft_buffer *body = weft_response_body(response, content_type);
    weft_buffer_append_str(body, bytes);
    return body->failed ? WEFT_NO_MEMORY : WEFT_OK;
}

weft_error weft_response_text(weft_response *response, weft_str text)
{
    return set_body(response, WEFT_STR("text/plain; charset=utf-8"), text);
}

weft_error weft_response_html(weft_response *response, weft_str html)
{
    return set_body(response, WEFT_STR("text/html; charset=utf-8"), html);
}

weft_error weft_response_bytes(weft_response *response, weft_str content_type, weft_str bytes)
{
    weft_str copy;
    if (content_type.len == 0 || !weft__http_value(content_type))
        return WEFT_INVALID;
    if (!weft_arena_copy(response->arena, content_type, &copy))
        return WEFT_NO_MEMORY;
    return set_body(response, copy, bytes);
}
