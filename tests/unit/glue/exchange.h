/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * One request and its response in memory, without a server.
 */
#ifndef TESTS_GLUE_EXCHANGE_H
#define TESTS_GLUE_EXCHANGE_H

#include "base/context.h"
#include "http/message.h"
#include <weft/glue.h>

typedef struct exchange {
    weft_arena arena;
    weft_request request;
    weft_response response;
    weft__field fields[4];
    weft_binding binding;
} exchange;

static inline void exchange_open(exchange *x)
{
    *x = (exchange){0};
    weft_arena_init(&x->arena, 0);
    weft__request_init(&x->request, &x->arena);
    weft__response_init(&x->response, &x->arena);
    x->request.path = WEFT_STR("/things/1");
    x->request.fields = x->fields;
    x->binding = weft_binding_start(&x->request);
    weft__context_current()->request = &x->request;
}

static inline void exchange_close(exchange *x)
{
    weft__context_current()->request = NULL;
    weft__context_current()->db_failure = NULL;
    weft_arena_reset(&x->arena);
}

static inline void exchange_header(exchange *x, const char *name, const char *value)
{
    x->fields[x->request.field_count++] = (weft__field){weft_str_from(name), weft_str_from(value)};
}

static inline void exchange_capture(exchange *x, const char *name, const char *raw)
{
    x->request.params[x->request.param_count++] = (weft__param){weft_str_from(name),
                                                                weft_str_from(raw)};
}

static inline void exchange_body(exchange *x, const char *type, const char *body)
{
    if (type != NULL)
        exchange_header(x, "Content-Type", type);
    x->request.body = weft_str_from(body);
    x->request.body_state = WEFT__BODY_READ;
}

/* The text of the body after `status` was returned. */
static inline const char *exchange_settle(exchange *x, weft_http_status status)
{
    weft__response_settle(&x->request, &x->response, status);
    weft_buffer_append(&x->response.body, "", 1);
    return x->response.body.at;
}

#endif
