/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * tests/unit/http/form.h: a request with a form, whose body arrives a few bytes at a time, without a
 * server.
 */
#ifndef WEFT_TESTS_HTTP_FORM_H
#define WEFT_TESTS_HTTP_FORM_H

#include "http/message.h"
#include <stdio.h>
#include <weft/multipart.h>

#define TYPE "multipart/form-data; boundary=b"
#define FIELD(name, value) \
    "--b\r\nContent-Disposition: form-data; name=\"" name "\"\r\n\r\n" value "\r\n"
#define FILE_OF(name, file, value)                                                        \
    "--b\r\nContent-Disposition: form-data; name=\"" name "\"; filename=\"" file "\"\r\n" \
    "Content-Type: image/png\r\n\r\n" value "\r\n"
#define LAST "--b--\r\n"

typedef struct exchange {
    weft_arena arena;
    weft_request request;
    weft_response response;
    weft_str body;
    size_t step;             /* bytes that arrive at once */
    weft_http_status broken; /* what comes in place of the body's end */
    weft_multipart *form;
} exchange;

static inline weft_http_status read_some(weft_request *request, void *to, size_t size, size_t *got)
{
    exchange *x = request->connection;
    size_t len = x->body.len < x->step ? x->body.len : x->step;
    *got = len = len < size ? len : size;
    if (len == 0 && x->broken != 0)
        return weft_rejectf(request, x->broken, "broken");
    if (len != 0)
        memcpy(to, x->body.at, len);
    x->body = weft_str_skip(x->body, len);
    return WEFT_HTTP_OK;
}

static inline void begin(exchange *x, const char *type, weft_str body)
{
    static const weft__body_reader reader = {.some = read_some};
    memset(x, 0, sizeof *x);
    weft_arena_init(&x->arena, 0);
    weft__request_init(&x->request, &x->arena);
    weft__response_init(&x->response, &x->arena);
    if (type != NULL)
        x->request.fields[x->request.field_count++] = (weft__field){WEFT_STR("Content-Type"),
                                                                    weft_str_from(type)};
    x->request.reader = &reader;
    x->request.connection = x;
    x->request.framing = WEFT__BODY_CHUNKED;
    x->body = body;
    x->step = 7;
}

static inline void end(exchange *x)
{
    weft__request_finish(&x->request);
    weft_arena_reset(&x->arena);
}

static inline void open_form(exchange *x, const char *body, const weft_multipart_limits *limits)
{
    begin(x, TYPE, weft_str_from(body));
    assert_int_equal(weft_multipart_open(&x->form, &x->request, limits), 200);
}

/* What the client is told. */
static inline void told(exchange *x, weft_http_status status, const char *detail)
{
    char wanted[512];
    weft__response_settle(&x->request, &x->response, status);
    weft_buffer_append(&x->response.body, "", 1);
    snprintf(wanted, sizeof wanted, "\"status\":%d,\"detail\":\"%s\"", (int)status, detail);
    if (strstr(x->response.body.at, wanted) == NULL)
        fail_msg("wanted %s, got %s", wanted, x->response.body.at);
}

static inline bool same(weft_str s, const char *text)
{
    return weft_str_equal(s, weft_str_from(text));
}

#endif
