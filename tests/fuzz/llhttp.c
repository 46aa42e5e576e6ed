/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * The head parser against llhttp in its strict form: whatever ours accepts, llhttp accepts with the
 * same method, target, fields, framing and length. The reverse does not hold, on purpose: see
 * docs/internals/http1.md. What llhttp alone refuses is listed in `stricter`.
 */
#include "fuzz.h"
#include "http/h1/h1.h"
#include <llhttp.h>
#include <strings.h>

/* What llhttp said of one head; `fields` are the lines "name: value". */
typedef struct other {
    llhttp_t parser; /* first: the callbacks get its address */
    weft_buffer target, name, value, fields;
    bool complete;
} other;

static int on_url(llhttp_t *parser, const char *at, size_t len)
{
    weft_buffer_append(&((other *)parser)->target, at, len);
    return 0;
}

static int on_name(llhttp_t *parser, const char *at, size_t len)
{
    weft_buffer_append(&((other *)parser)->name, at, len);
    return 0;
}

static int on_value(llhttp_t *parser, const char *at, size_t len)
{
    weft_buffer_append(&((other *)parser)->value, at, len);
    return 0;
}

static void append_field(weft_buffer *to, weft_str name, weft_str value)
{
    weft_buffer_append_str(to, name);
    weft_buffer_append(to, ": ", 2);
    weft_buffer_append_str(to, weft__trim(value));
    weft_buffer_append(to, "\n", 1);
}

static int on_field_end(llhttp_t *parser)
{
    other *o = (other *)parser;
    append_field(&o->fields, weft_buffer_str(&o->name), weft_buffer_str(&o->value));
    o->name.len = o->value.len = 0;
    return 0;
}

static int on_head_end(llhttp_t *parser)
{
    ((other *)parser)->complete = true;
    return HPE_PAUSED;
}

static const llhttp_settings_t settings = {.on_url = on_url,
                                           .on_header_field = on_name,
                                           .on_header_value = on_value,
                                           .on_header_value_complete = on_field_end,
                                           .on_headers_complete = on_head_end};

static void ask(other *o, weft_str head, weft_arena *arena)
{
    *o = (other){.complete = false};
    weft_buffer_init(&o->target, arena);
    weft_buffer_init(&o->name, arena);
    weft_buffer_init(&o->value, arena);
    weft_buffer_init(&o->fields, arena);
    llhttp_init(&o->parser, HTTP_REQUEST, &settings);
    (void)llhttp_execute(&o->parser, head.at, head.len);
}

/* Why llhttp may refuse what ours accepts. */
static bool stricter(const other *o, const weft_request *request)
{
    /* It takes this one for the beginning of HTTP/2 (RFC 9113 section 3.4), and nothing else. */
    if (weft_str_equal(request->method_name, WEFT_STR("PRI")))
        return true;
    switch (llhttp_get_errno(&o->parser)) {
    /* It knows a list of methods; ours takes any token, for the router to answer. */
    case HPE_INVALID_METHOD: return true;
    default: return false;
    }
}

static void compare(other *o, const weft_request *request, weft_arena *arena)
{
    weft_buffer fields;
    weft_buffer_init(&fields, arena);
    for (size_t i = 0; i < request->field_count; i++)
        append_field(&fields, request->fields[i].name, request->fields[i].value);
    const char *method = llhttp_method_name((llhttp_method_t)o->parser.method);
    bool chunked = (o->parser.flags & F_CHUNKED) != 0;
    CHECK(weft_str_equal(weft_str_from(method), request->method_name));
    CHECK(weft_str_equal(weft_buffer_str(&o->target), request->target));
    CHECK(weft_str_equal(weft_buffer_str(&o->fields), weft_buffer_str(&fields)));
    CHECK(o->parser.http_major == 1 && o->parser.http_minor == request->minor_version);
    CHECK(chunked == (request->framing == WEFT__BODY_CHUNKED));
    CHECK(o->parser.content_length ==
          (request->framing == WEFT__BODY_LENGTH ? request->content_length : 0));
    CHECK(llhttp_should_keep_alive(&o->parser) == request->keep_alive);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    weft_str input = input_of(data, size);
    weft_arena arena;
    weft_arena_init(&arena, 0);
    weft_request request;
    weft__request_init(&request, &arena);
    weft__h1_fault fault;
    size_t used;
    other o;
    if (weft__h1_parse(input.at, size, &(weft__h1_limits){0}, &request, &used, &fault) ==
        WEFT__H1_DONE) {
        ask(&o, (weft_str){input.at, used}, &arena);
        if (!o.complete && !stricter(&o, &request)) {
            fprintf(stderr, "llhttp: %s\n", llhttp_get_error_reason(&o.parser));
            CHECK(o.complete);
        }
        if (o.complete)
            compare(&o, &request, &arena);
    }
    weft_arena_reset(&arena);
    return 0;
}
