/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * http/message.h: the inside of requests and responses, for http, router, layer, serve and glue.
 *
 * A request's views point into the connection's read buffer or into its arena; both outlive the
 * response. Parser, router and serve fill their own part; nobody else writes.
 */
#ifndef WEFT_HTTP_MESSAGE_H
#define WEFT_HTTP_MESSAGE_H

#include <stdarg.h>
#include <weft/http.h>

/* One header field; also of a response. */
typedef struct weft__field {
    weft_str name;
    weft_str value; /* without outer whitespace */
} weft__field;

/* One capture of the matched route. */
typedef struct weft__param {
    weft_str name; /* static: from the route's pattern */
    weft_str raw;  /* as sent */
} weft__param;

enum {
    WEFT__PARAMS_MAX = 16,    /* captures of one route */
    WEFT__FIELDS_INSIDE = 16, /* fields that a request holds itself; more go to its arena */
};

/* How the body is framed (RFC 9112 section 6). */
typedef enum weft__framing { WEFT__BODY_NONE, WEFT__BODY_LENGTH, WEFT__BODY_CHUNKED } weft__framing;

typedef enum weft__body_state {
    WEFT__BODY_UNREAD,
    WEFT__BODY_READ,
    WEFT__BODY_FAILED
} weft__body_state;

struct weft_request {
    /* parser */
    weft_http_method method;
    uint8_t minor_version; /* 0 or 1: HTTP/1.x */
    bool keep_alive;       /* what version and Connection say */
    bool expects_continue; /* Expect: 100-continue and not yet answered */
    weft__framing framing;
    uint64_t content_length; /* WEFT__BODY_LENGTH */
    weft_str method_name;
    weft_str target; /* the request target as sent */
    weft_str path;   /* "*" for OPTIONS * */
    weft_str query;  /* without "?" */
    weft_str host;   /* Host, or the authority of an absolute-form target */
    weft__field *fields;
    size_t field_count;
    size_t field_capacity;

    /* router; params stands at the end */
    size_t param_count;
    weft_str route; /* the matched pattern */
    const void *state;
    weft_problem_fn *render; /* NULL: the default renderer */

    /* serve */
    weft_arena *arena;
    weft_address peer;
    int64_t started; /* monotonic: when the head was complete */
    weft__body_state body_state;
    weft_http_status body_status; /* why it failed */
    weft_str body;
    weft_http_status (*read_body)(
        struct weft_request *request); /* fills body; NULL: there is none */
    void *connection;                  /* serve's */

    /* whoever rejects */
    const weft_problem *problem;
    const void *members; /* glue's: how the body's members are called in C; NULL: as outside */

    /* The last members, because they are left uninitialised: only as many count as their counts
     * say. `fields` points at the second, so a request is never moved. */
    weft__param params[WEFT__PARAMS_MAX];
    weft__field fields_inside[WEFT__FIELDS_INSIDE];
};

/* A part of an open file, as a body that is never in memory. */
typedef struct weft__response_file {
    int fd; /* the response's own */
    uint64_t offset, length;
} weft__response_file;

struct weft_response {
    weft_arena *arena;
    weft_http_status status; /* 0 until the innermost code returned */
    weft__field *fields;     /* without the ones that the server writes itself */
    size_t field_count, field_capacity;
    weft_str content_type; /* with body_given; empty: none is sent */
    weft_buffer body;
    weft__response_file *file; /* NULL: what `body` holds is the body */
    bool body_given;
    bool rendered; /* the body is a problem that weft__response_settle had rendered */
    bool close;    /* close the connection after this response */
};

/* An empty message in `arena`. */
void weft__request_init(weft_request *request, weft_arena *arena);
void weft__response_init(weft_response *response, weft_arena *arena);

/* Makes a part of an open file the body; its content type must outlive the response. Takes the
 * descriptor over, also when it fails: WEFT_NO_MEMORY. */
weft_error weft__response_file_give(weft_response *response, weft_str content_type, int fd,
                                    uint64_t offset, uint64_t length) WEFT_NODISCARD;

/* Bytes of the body, wherever they are. */
static inline uint64_t weft__response_length(const weft_response *response)
{
    return response->file != NULL ? response->file->length : response->body.len;
}

/* Reads a file's part into memory, for who has no socket to send it to. WEFT_OK also without a
 * file; WEFT_NO_MEMORY, or WEFT_IO when the file fails or has become shorter. Blocks as the disk
 * does. */
weft_error weft__response_gather(weft_response *response) WEFT_NODISCARD;

/* Lets go of what a response holds beside its arena: who makes one calls it when the response has
 * been sent, or will never be. */
void weft__response_finish(weft_response *response);

/* Settles what a handler or layer returned: sets response->status and, when the status is 400 or
 * more and no body was given, renders the problem (the remembered one when its status is the same).
 * An impossible status (below 200 or above 599) becomes 500 and is logged; so does a body that was
 * cut for want of memory. Idempotent; a later, other status replaces a problem rendered before. */
void weft__response_settle(weft_request *request, weft_response *response, weft_http_status status);

/* The default renderer: application/problem+json. */
weft_problem_fn weft__problem_render;

/* The value of the first field of that name (without case), or {NULL, 0}. */
weft_str weft__field_find(const weft__field *fields, size_t count, weft_str name);

/* The request's Content-Type without its parameters; empty without one. And 415, because it is not
 * what is wanted. */
weft_str weft__media_type(const weft_request *request);
weft_http_status weft__media_refuse(weft_request *request, const char *wanted);

/* What stands before the first `c`; *rest becomes what stands after it, {NULL, 0} without one. */
weft_str weft__cut(weft_str *rest, char c);

/* Without spaces and tabs at the ends. */
weft_str weft__trim(weft_str s);

/* True for a non-empty token (RFC 9110 section 5.6.2): a method, a field name. */
bool weft__http_token(weft_str s);

/* vprintf into the arena; {NULL, 0} when memory is exhausted. */
weft_str weft__http_format(weft_arena *arena, const char *format, va_list arguments)
    __attribute__((format(printf, 2, 0)));

#endif
