/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * glue/bind.c: the texts of a handler's parameters out of a request's path, query, header and
 * cookies.
 */
#include "glue/binding.h"
#include "http/message.h"
#include <weft/cookie.h>
#include <weft/glue.h>
#include <weft/log.h>
#include <weft/urlencoded.h>

static const char *const source_names[] = {[WEFT_IN_PATH] = "path",
                                           [WEFT_IN_QUERY] = "query",
                                           [WEFT_IN_HEADER] = "header",
                                           [WEFT_IN_COOKIE] = "cookie"};

weft_str weft__glue_pointer(weft_arena *arena, weft_str name)
{
    char *at = weft_arena_alloc(arena, 2 * name.len + 1, 1);
    if (at == NULL)
        return WEFT_STR("");
    char *end = at;
    *end++ = '/';
    for (size_t i = 0; i < name.len; i++) {
        bool special = name.at[i] == '~' || name.at[i] == '/';
        *end++ = special ? '~' : name.at[i];
        if (special)
            *end++ = name.at[i] == '~' ? '0' : '1';
    }
    return (weft_str){at, (size_t)(end - at)};
}

/* ---- finding the text ---------------------------------------------------------------------- */

typedef enum found { ABSENT, GIVEN, REFUSED } found;

static found refuse(weft_binding *binding, weft_source source, const char *name, const char *code,
                    const char *detail)
{
    weft_violations_add(&binding->violations, source_names[source],
                        weft__glue_pointer(binding->violations.arena, weft_str_from(name)), code,
                        "%s", detail);
    return REFUSED;
}

static found refuse_encoding(weft_binding *binding, weft_source source, const char *name)
{
    return refuse(binding, source, name, "encoding", "must be valid UTF-8");
}

/* The router matched the name, so what cannot be had cannot be decoded. */
static found find_path(weft_binding *binding, const char *name, weft_str *text)
{
    *text = weft_request_param(binding->request, name);
    return text->at != NULL ? GIVEN : refuse_encoding(binding, WEFT_IN_PATH, name);
}

static found find_header(weft_binding *binding, const char *name, weft_str *text)
{
    *text = weft_request_header(binding->request, name);
    if (text->at == NULL)
        return ABSENT;
    return weft_utf8_valid(*text) ? GIVEN : refuse_encoding(binding, WEFT_IN_HEADER, name);
}

/* Values of cookies are ASCII. */
static found find_cookie(weft_binding *binding, const char *name, weft_str *text)
{
    *text = weft_request_cookie(binding->request, name);
    return text->at != NULL ? GIVEN : ABSENT;
}

static found find_query(weft_binding *binding, const char *wanted, weft_str *text)
{
    weft_str rest = weft_request_query(binding->request), name, value;
    weft_arena *arena = binding->violations.arena;
    found state = ABSENT;
    for (;;) {
        weft_urlencoded_result result = weft_urlencoded_next(&rest, arena, &name, &value);
        if (result == WEFT_URLENCODED_END)
            return state;
        if (result == WEFT_URLENCODED_NO_MEMORY) {
            binding->status = WEFT_HTTP_INTERNAL_SERVER_ERROR;
            return REFUSED;
        }
        if (!weft_str_equal(name, weft_str_from(wanted)))
            continue;
        if (state == GIVEN)
            return refuse(binding, WEFT_IN_QUERY, wanted, "duplicate", "must be given only once");
        if (result == WEFT_URLENCODED_INVALID)
            return refuse_encoding(binding, WEFT_IN_QUERY, wanted);
        *text = value;
        state = GIVEN;
    }
}

/* ---- finding several ----------------------------------------------------------------------- */

typedef struct collected {
    weft_binding *binding;
    weft_source source;
    const char *name;
    weft_str *at;
    size_t len, capacity;
} collected;

/* False: there is no memory. */
static bool collect(collected *c, weft_str text)
{
    if (c->len == c->capacity) {
        size_t capacity = c->capacity == 0 ? 4 : c->capacity * 2;
        weft_str *at = WEFT_NEW_ARRAY(c->binding->violations.arena, weft_str, capacity);
        if (at == NULL) {
            c->binding->status = WEFT_HTTP_INTERNAL_SERVER_ERROR;
            return false;
        }
        if (c->len != 0)
            memcpy(at, c->at, c->len * sizeof *at);
        c->at = at;
        c->capacity = capacity;
    }
    c->at[c->len++] = text;
    return true;
}

static void collect_query(collected *c)
{
    weft_str rest = weft_request_query(c->binding->request), name, value;
    for (;;) {
        weft_urlencoded_result result = weft_urlencoded_next(&rest, c->binding->violations.arena,
                                                             &name, &value);
        if (result == WEFT_URLENCODED_NO_MEMORY)
            c->binding->status = WEFT_HTTP_INTERNAL_SERVER_ERROR;
        if (result == WEFT_URLENCODED_NO_MEMORY || result == WEFT_URLENCODED_END)
            return;
        if (!weft_str_equal(name, weft_str_from(c->name)))
            continue;
        if (result == WEFT_URLENCODED_INVALID)
            refuse_encoding(c->binding, c->source, c->name);
        else if (!collect(c, value))
            return;
    }
}

/* Bytes up to a comma that is not in a quoted string, or to the end. */
static size_t element_len(weft_str list)
{
    bool quoted = false;
    for (size_t i = 0; i < list.len; i++) {
        if (list.at[i] == ',' && !quoted)
            return i;
        quoted ^= list.at[i] == '"';
        i += quoted && list.at[i] == '\\';
    }
    return list.len;
}

static void collect_list(collected *c, weft_str list)
{
    if (!weft_utf8_valid(list)) {
        refuse_encoding(c->binding, c->source, c->name);
        return;
    }
    while (list.len != 0) {
        weft_str element = {list.at, element_len(list)};
        list = weft_str_skip(list, element.len + 1);
        element = weft__trim(element);
        if (element.len != 0 && !collect(c, element))
            return;
    }
}

static void collect_header(collected *c)
{
    weft_str name, value;
    size_t count = weft_request_header_count(c->binding->request);
    for (size_t i = 0; i < count; i++) {
        weft_request_header_at(c->binding->request, i, &name, &value);
        if (weft_str_equal_nocase(name, weft_str_from(c->name)))
            collect_list(c, value);
    }
}

void *weft_bind_texts(weft_binding *binding, weft_source source, const char *name,
                      weft_array_weft_str *texts, size_t size, size_t align)
{
    collected c = {.binding = binding, .source = source, .name = name};
    (source == WEFT_IN_HEADER ? collect_header : collect_query)(&c);
    void *room = c.len != 0 ? weft__arena_array(binding->violations.arena, size, align, c.len)
                            : NULL;
    if (c.len != 0 && room == NULL)
        binding->status = WEFT_HTTP_INTERNAL_SERVER_ERROR;
    *texts = (weft_array_weft_str){c.at, room != NULL ? c.len : 0};
    return room;
}

/* ---- binding ------------------------------------------------------------------------------- */

const void *weft_bind_attached(weft_binding *binding, const char *type)
{
    const void *value = weft__request_attached(binding->request, type);
    if (value == NULL) {
        weft_str route = weft_request_route(binding->request);
        weft_log(WEFT_LOG_ERROR, "glue", "%.*s wants a %s, which no layer has attached",
                 WEFT_STR_ARGS(route), type);
        binding->status = WEFT_HTTP_INTERNAL_SERVER_ERROR;
    }
    return value;
}

bool weft_bind_text(weft_binding *binding, weft_source source, const char *name,
                    weft_presence presence, weft_str *out)
{
    weft_str text;
    found state = source == WEFT_IN_PATH     ? find_path(binding, name, &text)
                  : source == WEFT_IN_QUERY  ? find_query(binding, name, &text)
                  : source == WEFT_IN_COOKIE ? find_cookie(binding, name, &text)
                                             : find_header(binding, name, &text);
    if (state == ABSENT && presence == WEFT_REQUIRED)
        refuse(binding, source, name, "required", "is required");
    if (state == GIVEN)
        *out = text;
    return state == GIVEN;
}
