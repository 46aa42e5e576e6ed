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
#include <weft/body.h>
#include <weft/multipart.h>

/* One header field; also of a response. */
typedef struct weft__field {
    weft_str name;
    weft_str value; /* without outer whitespace */
} weft__field;

/* One capture of the matched route. */
typedef struct weft__param {
    weft_str name; /* static: from the route's pattern */
    weft_str raw;  /* as sent */
    weft_str text; /* decoded; {NULL, 0} until the router has done that */
} weft__param;

enum {
    WEFT__PARAMS_MAX = 16,    /* captures of one route */
    WEFT__FIELDS_INSIDE = 16, /* fields that a request holds itself; more go to its arena */
    WEFT__RESPONSE_FIELDS_INSIDE = 8,
};

/* How the body is framed (RFC 9112 section 6). */
typedef enum weft__framing { WEFT__BODY_NONE, WEFT__BODY_LENGTH, WEFT__BODY_CHUNKED } weft__framing;

typedef enum weft__body_state {
    WEFT__BODY_UNREAD,
    WEFT__BODY_BEGUN, /* is being read in pieces */
    WEFT__BODY_ENDED, /* has been */
    WEFT__BODY_READ,  /* whole: stands in `body` */
    WEFT__BODY_FAILED,
} weft__body_state;

/* How whoever has the body reads it. Both answer as weft_request_body does. */
typedef struct weft__body_reader {
    weft_http_status (*whole)(weft_request *request); /* fills request->body */
    weft_http_status (*some)(weft_request *request, void *to, size_t size, size_t *got);
} weft__body_reader;

/* What weft_request_defer has put off. */
typedef struct weft__deferred {
    struct weft__deferred *next;
    void (*fn)(void *arg);
    void *arg;
} weft__deferred;

/* What WEFT_ATTACH has left. */
typedef struct weft__attached {
    struct weft__attached *next;
    const char *type;
    _Alignas(max_align_t) char value[];
} weft__attached;

typedef struct weft__h1_kept weft__h1_kept;     /* http/h1's */
typedef struct weft__path_kept weft__path_kept; /* router/tree's */

struct weft_request {
    /* parser */
    weft_http_method method;
    uint8_t minor_version; /* 0 or 1: HTTP/1.x */
    bool keep_alive;       /* what version and Connection say */
    bool expects_continue; /* Expect: 100-continue and not yet answered */
    bool abandoned;        /* serve's: the client is gone, and the handler was cancelled; may be
                              set while the handler runs elsewhere: read it with __atomic */
    weft__framing framing;
    uint64_t content_length; /* WEFT__BODY_LENGTH */
    weft_str method_name;
    weft_str target;            /* the request target as sent */
    weft_str path;              /* "*" for OPTIONS * */
    weft_str query;             /* without "?" */
    weft_str host;              /* Host, or the authority of an absolute-form target */
    weft_str host_known;        /* set before parsing: one found valid before, or empty */
    weft__h1_kept *kept;        /* likewise: the fields of the head before, or NULL */
    weft__path_kept *path_kept; /* likewise: where the path before led, or NULL */
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
    size_t body_taken;               /* bytes of `body` that weft_request_read has given out */
    uint64_t body_limit;             /* of weft_request_body_limit; 0: the server's */
    weft_str trailers;               /* the lines of the trailer section, once it is there */
    const weft__body_reader *reader; /* NULL: there is no body */
    void *connection;                /* serve's */
    weft__deferred *deferred;        /* the last one first */
    weft__attached *attached;        /* likewise */

    /* whoever rejects */
    const weft_problem *problem;
    const weft_multipart_limits *multipart; /* of forms; NULL: the defaults */
    const void *members; /* glue's: how the body's members are called in C; NULL: as outside */

    /* The last members, because they are left uninitialised: only as many count as their counts
     * say. `fields` points at the second, so a request is never moved. */
    weft__param params[WEFT__PARAMS_MAX];
    weft__field fields_inside[WEFT__FIELDS_INSIDE];
};

/* A body that is never whole in memory, or what comes in place of one. */
typedef enum weft__flow_kind {
    WEFT__FLOW_FILE,    /* a part of an open file */
    WEFT__FLOW_STREAM,  /* what a producer writes */
    WEFT__FLOW_UPGRADE, /* the connection, handed over */
} weft__flow_kind;

typedef struct weft__flow {
    weft__flow_kind kind;
    int fd;          /* a file's: the response's own */
    uint64_t offset; /* in it */
    uint64_t length; /* bytes, or WEFT_LENGTH_UNKNOWN */
    weft_body_fn *produce;
    weft_upgraded_fn *serve;
    void *arg; /* of produce or serve */
    weft_str protocol;
    uint64_t sent; /* afterwards: bytes of the body that were ... */
    bool cut;      /* ... and whether that was not all of it */
} weft__flow;

struct weft_response {
    weft_arena *arena;
    weft_http_status status; /* 0 until the innermost code returned */
    weft__field *fields;     /* without the ones that the server writes itself; their bytes stand
                                as lines that can be sent: weft__response_line */
    size_t field_count, field_capacity;
    size_t lines_size;     /* of the fields, also of those that were taken away since */
    weft_str content_type; /* with body_given; empty: none is sent */
    weft_buffer body;
    weft__flow *flow; /* NULL: what `body` holds is the body */
    bool body_given;
    bool rendered; /* the body is a problem that weft__response_settle had rendered */
    bool close;    /* close the connection after this response */

    /* Left uninitialised, as a request's; a response is never moved either. */
    weft__field fields_inside[WEFT__RESPONSE_FIELDS_INSIDE];
};

#define WEFT__LINE_EXTRA (sizeof ": \r\n" - 1)

/* The line of a response's field, with its CR LF. */
static inline weft_str weft__response_line(const weft__field *field)
{
    return (weft_str){field->name.at, field->name.len + field->value.len + WEFT__LINE_EXTRA};
}

/* Nothing of the body is left to be read. */
static inline bool weft__body_is_read(const weft_request *request)
{
    return request->framing == WEFT__BODY_NONE || request->body_state == WEFT__BODY_READ ||
           request->body_state == WEFT__BODY_ENDED;
}

/* Clears the first `size` bytes of a message, a constant, by stores alone: gcc makes a loop of one
 * memset for some hundred bytes, and half of that is counting. */
static inline __attribute__((always_inline)) void weft__message_clear(void *message, size_t size)
{
    enum { BLOCK = 16 };
    char *at = message;
#pragma GCC unroll 64
    for (size_t i = 0; i + BLOCK <= size; i += BLOCK)
        memset(at + i, 0, BLOCK);
    memset(at + size - BLOCK, 0, BLOCK); /* overlaps what has been cleared */
}

/* An empty message in `arena`. */
void weft__request_init(weft_request *request, weft_arena *arena);
void weft__response_init(weft_response *response, weft_arena *arena);

/* Makes a part of an open file the body; its content type must outlive the response. Takes the
 * descriptor over, also when it fails: WEFT_NO_MEMORY. */
weft_error weft__response_file_give(weft_response *response, weft_str content_type, int fd,
                                    uint64_t offset, uint64_t length) WEFT_NODISCARD;

/* Bytes of the body, wherever they are, or WEFT_LENGTH_UNKNOWN. */
static inline uint64_t weft__response_length(const weft_response *response)
{
    return response->flow != NULL ? response->flow->length : response->body.len;
}

/* Brings a body that is not in memory there, for who has no socket to send it to. WEFT_OK also when
 * it is there already; otherwise how the producer failed, WEFT_NO_MEMORY, or WEFT_IO when a file
 * fails or has become shorter: then what came is there. Blocks as the disk, suspends as the
 * producer does. */
weft_error weft__response_gather(weft_request *request, weft_response *response) WEFT_NODISCARD;

/* Calls what was put off. */
void weft__request_finish(weft_request *request);

/* The value of the first field of that name (without case) among lines that have been checked, each
 * with a CR at its end. */
weft_str weft__lines_find(weft_str lines, weft_str name);

/* What stands behind weft_body: how whoever runs a producer, or a layer around it, takes what it
 * writes. Each embeds one of these. */
typedef struct weft__body_calls {
    weft_error (*write)(weft_body *body, const void *from, size_t len);
    weft_error (*flush)(weft_body *body);
    weft_error (*trailer)(weft_body *body, weft_str name, weft_str value);
    void (*endless)(weft_body *body);
} weft__body_calls;

struct weft_body {
    const weft__body_calls *calls;
    weft_request *request;
    uint64_t length; /* that was announced, or WEFT_LENGTH_UNKNOWN */
    uint64_t written;
    weft_error error;  /* what a call failed with: the answer to all later ones */
    const char *cause; /* of a failure that `error` does not explain, or NULL */
};

/* Runs a producer. WEFT_OK: it has written all that it had announced. */
weft_error weft__body_produce(weft_body *body, weft_body_fn *produce, void *arg) WEFT_NODISCARD;

/* Whether a field of that name, or that field as a whole, may stand behind a body. */
bool weft__trailer_allowed(weft_str name);
bool weft__trailer_valid(weft_str name, weft_str value);

typedef struct weft__upgraded_calls {
    weft_error (*read)(weft_upgraded *connection, void *to, size_t len, size_t *got,
                       int64_t deadline);
    weft_error (*wait)(weft_upgraded *connection, int64_t deadline);
    weft_error (*write)(weft_upgraded *connection, const void *from, size_t len, int64_t deadline);
    weft_error (*send)(weft_upgraded *connection, const void *from, size_t len, int64_t patience);
    bool (*draining)(const weft_upgraded *connection);
    void (*wake)(weft_upgraded *connection);
} weft__upgraded_calls;

/* Sends all of it; the other side may take `patience` for each 64 KiB. WEFT_TIMED_OUT,
 * WEFT_CANCELLED, WEFT_RESET. Suspends. */
weft_error weft__upgraded_send(weft_upgraded *connection, const void *from, size_t len,
                               int64_t patience) WEFT_NODISCARD;

/* Ends the wait of another fiber that reads, as if its deadline had come; no-op when none waits. */
void weft__upgraded_wake(weft_upgraded *connection);

struct weft_upgraded {
    const weft__upgraded_calls *calls;
    weft_request *request;
};

/* What becomes of a handler's 101: that, or 426 or 400 for a request that cannot be switched. */
weft_http_status weft__upgrade_settle(weft_request *request, weft_response *response);

/* Lets go of what a response holds beside its arena: who makes one calls it when the response has
 * been sent, or will never be. */
void weft__response_finish(weft_response *response);

/* Settles what a handler or layer returned: sets response->status and, when the status is 400 or
 * more and no body was given, renders the problem (the remembered one when its status is the same).
 * An impossible status (below 200 or above 599) becomes 500 and is logged; so does a body that was
 * cut for want of memory. Idempotent; a later, other status replaces a problem rendered before. */
void weft__response_settle(weft_request *request, weft_response *response, weft_http_status status);

/* The same, without a call for what is mostly all there is to settle: a success that was meant. */
static inline void weft__response_settle_at_once(weft_request *request, weft_response *response,
                                                 weft_http_status status)
{
    bool success = status >= WEFT_HTTP_OK && status < WEFT_HTTP_BAD_REQUEST;
    if (WEFT_LIKELY(success && !response->body.failed && !response->rendered))
        response->status = status;
    else
        weft__response_settle(request, response, status);
}

/* The default renderer: application/problem+json. */
weft_problem_fn weft__problem_render;

/* Whether any field of that name lists the element, without case. */
bool weft__request_lists(const weft_request *request, weft_str name, weft_str element);

/* The value of the first field of that name (without case), or {NULL, 0}. */
weft_str weft__field_find(const weft__field *fields, size_t count, weft_str name);

/* The request's Content-Type without its parameters; empty without one. */
weft_str weft__media_type(const weft_request *request);

/* WEFT_HTTP_OK, or 415: the type does not fit what is wanted, or the body is coded (RFC 9110
 * section 8.4), which nobody here undoes. */
weft_http_status weft__media_judge(weft_request *request, bool fits, const char *wanted)
    WEFT_NODISCARD;

/* Whether a list, separated by commas, has the element, without case. */
bool weft__lists(weft_str list, weft_str element);

/* What stands before the first `c`; *rest becomes what stands after it, {NULL, 0} without one. */
weft_str weft__cut(weft_str *rest, char c);

/* Without spaces and tabs at the ends. */
static inline weft_str weft__trim(weft_str s)
{
    while (s.len != 0 && (s.at[0] == ' ' || s.at[0] == '\t'))
        s = weft_str_skip(s, 1);
    while (s.len != 0 && (s.at[s.len - 1] == ' ' || s.at[s.len - 1] == '\t'))
        s.len--;
    return s;
}

/* True for what a field's value may hold. */
bool weft__http_value(weft_str s);

/* True for a non-empty token (RFC 9110 section 5.6.2): a method, a field name. */
bool weft__http_token(weft_str s);

/* vprintf into the arena; {NULL, 0} when memory is exhausted. */
weft_str weft__http_format(weft_arena *arena, const char *format, va_list arguments)
    __attribute__((format(printf, 2, 0)));

#endif
