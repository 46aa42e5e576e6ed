/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * weft/http.h: messages as handlers and layers see them (RFC 9110). A request is read-only; all its
 * views live until the response is sent. A response is written once, by the code that answers.
 */
#ifndef WEFT_HTTP_H
#define WEFT_HTTP_H

#include <weft/buffer.h>
#include <weft/check.h>
#include <weft/net.h>

/* ---- status (RFC 9110 section 15) ---------------------------------------------------------- */

#define WEFT_HTTP_STATUSES(X)                                          \
    X(CONTINUE, 100, "Continue")                                       \
    X(SWITCHING_PROTOCOLS, 101, "Switching Protocols")                 \
    X(OK, 200, "OK")                                                   \
    X(CREATED, 201, "Created")                                         \
    X(ACCEPTED, 202, "Accepted")                                       \
    X(NO_CONTENT, 204, "No Content")                                   \
    X(PARTIAL_CONTENT, 206, "Partial Content")                         \
    X(MOVED_PERMANENTLY, 301, "Moved Permanently")                     \
    X(FOUND, 302, "Found")                                             \
    X(SEE_OTHER, 303, "See Other")                                     \
    X(NOT_MODIFIED, 304, "Not Modified")                               \
    X(TEMPORARY_REDIRECT, 307, "Temporary Redirect")                   \
    X(PERMANENT_REDIRECT, 308, "Permanent Redirect")                   \
    X(BAD_REQUEST, 400, "Bad Request")                                 \
    X(UNAUTHORIZED, 401, "Unauthorized")                               \
    X(FORBIDDEN, 403, "Forbidden")                                     \
    X(NOT_FOUND, 404, "Not Found")                                     \
    X(METHOD_NOT_ALLOWED, 405, "Method Not Allowed")                   \
    X(NOT_ACCEPTABLE, 406, "Not Acceptable")                           \
    X(REQUEST_TIMEOUT, 408, "Request Timeout")                         \
    X(CONFLICT, 409, "Conflict")                                       \
    X(GONE, 410, "Gone")                                               \
    X(LENGTH_REQUIRED, 411, "Length Required")                         \
    X(PRECONDITION_FAILED, 412, "Precondition Failed")                 \
    X(CONTENT_TOO_LARGE, 413, "Content Too Large")                     \
    X(URI_TOO_LONG, 414, "URI Too Long")                               \
    X(UNSUPPORTED_MEDIA_TYPE, 415, "Unsupported Media Type")           \
    X(RANGE_NOT_SATISFIABLE, 416, "Range Not Satisfiable")             \
    X(EXPECTATION_FAILED, 417, "Expectation Failed")                   \
    X(UNPROCESSABLE_CONTENT, 422, "Unprocessable Content")             \
    X(UPGRADE_REQUIRED, 426, "Upgrade Required")                       \
    X(PRECONDITION_REQUIRED, 428, "Precondition Required")             \
    X(TOO_MANY_REQUESTS, 429, "Too Many Requests")                     \
    X(HEADER_FIELDS_TOO_LARGE, 431, "Request Header Fields Too Large") \
    X(INTERNAL_SERVER_ERROR, 500, "Internal Server Error")             \
    X(NOT_IMPLEMENTED, 501, "Not Implemented")                         \
    X(BAD_GATEWAY, 502, "Bad Gateway")                                 \
    X(SERVICE_UNAVAILABLE, 503, "Service Unavailable")                 \
    X(GATEWAY_TIMEOUT, 504, "Gateway Timeout")                         \
    X(HTTP_VERSION_NOT_SUPPORTED, 505, "HTTP Version Not Supported")

typedef enum weft_http_status {
#define WEFT__ENUMERATE(name, value, text) WEFT_HTTP_##name = (value),
    WEFT_HTTP_STATUSES(WEFT__ENUMERATE)
#undef WEFT__ENUMERATE
} weft_http_status;

#ifdef WEFT_CHECK
#define WEFT_HTTP_OK 0 /* see WEFT_OK */
#endif

/* The reason phrase; "Unknown" for codes not in the list. Never NULL, static. */
const char *weft_http_status_text(weft_http_status status) WEFT_RETURNS_NONNULL;

/* ---- method (RFC 9110 section 9) ----------------------------------------------------------- */

#define WEFT_HTTP_METHODS(X) \
    X(GET) X(HEAD) X(POST) X(PUT) X(DELETE) X(CONNECT) X(OPTIONS) X(TRACE) X(PATCH)

typedef enum weft_http_method {
#define WEFT__ENUMERATE(name) WEFT_METHOD_##name,
    WEFT_HTTP_METHODS(WEFT__ENUMERATE)
#undef WEFT__ENUMERATE
        WEFT_METHOD_OTHER, /* an extension method: see weft_request_method_name */
    WEFT_METHOD_COUNT,
} weft_http_method;

/* ---- request ------------------------------------------------------------------------------- */

typedef struct weft_request weft_request;

weft_http_method weft_request_method(const weft_request *request);
weft_str weft_request_method_name(const weft_request *request);

/* The path as sent (percent-encoded, without query) and the query without "?" (empty when none). */
weft_str weft_request_path(const weft_request *request);
weft_str weft_request_query(const weft_request *request);

/* The host that the request is for, with its port if that was said: the target's, when that is a
 * whole URL, else that of the field Host; may be empty. It is what the client says. */
weft_str weft_request_host(const weft_request *request);

/* The value of the first field with this name (without case), outer whitespace removed; {NULL, 0}
 * when absent. A present empty field has at != NULL. */
weft_str weft_request_header(const weft_request *request, const char *name);

/* Number of fields, and the field at `index` (below the count), in the order sent. */
size_t weft_request_header_count(const weft_request *request);
void weft_request_header_at(const weft_request *request, size_t index, weft_str *name,
                            weft_str *value);

/* The route's capture `name`, percent-decoded; {NULL, 0} when the route has none of that name. */
weft_str weft_request_param(const weft_request *request, const char *name);

/* The pattern of the matched route, e.g. "/users/{id}"; {NULL, 0} before and without a match. */
weft_str weft_request_route(const weft_request *request);

weft_arena *weft_request_arena(const weft_request *request);
weft_address weft_request_peer(const weft_request *request);

/* router.state of the router that answers. */
const void *weft_request_state(const weft_request *request);

/* What a layer knows and a handler wants, such as who is logged in: one value of each type T.
 * WEFT_ATTACH(request, T, pointer) keeps a copy of *pointer until the response is sent, and may do
 * so again; WEFT_OK or WEFT_NO_MEMORY. WEFT_ATTACHED(request, T) is the last one, a const T *, or
 * NULL; handlers take it as parameter when T derives attached. */
#define WEFT_ATTACH(request, T, pointer) \
    weft__request_attach((request), #T, true ? (pointer) : (const T *)NULL, sizeof(T))
#define WEFT_ATTACHED(request, T) ((const T *)weft__request_attached((request), #T))
weft_error weft__request_attach(weft_request *request, const char *type, const void *value,
                                size_t size) WEFT_NODISCARD;
const void *weft__request_attached(const weft_request *request, const char *type);

/* The whole body, read when first asked for (sends "100 Continue" when the client waits for it).
 * WEFT_HTTP_OK; CONTENT_TOO_LARGE over the body limit; BAD_REQUEST malformed or cut short;
 * REQUEST_TIMEOUT too slow; INTERNAL_SERVER_ERROR out of memory. Suspends. Later calls answer the
 * same. */
weft_http_status weft_request_body(weft_request *request, weft_str *body) WEFT_NODISCARD;

/* The request that the running fiber answers, or NULL. */
weft_request *weft_request_current(void);

/* ---- response ------------------------------------------------------------------------------ */

typedef struct weft_response weft_response;

/* Sets a field, replacing those of the same name; `add` keeps them (Set-Cookie). Name and value are
 * copied. WEFT_INVALID when the name is not a token or the value holds CR, LF, NUL or another
 * control character, and for the fields that the server itself writes (Content-Length,
 * Transfer-Encoding, Connection, Date); WEFT_NO_MEMORY. */
weft_error weft_response_header_set(weft_response *response, weft_str name, weft_str value)
    WEFT_NODISCARD;
weft_error weft_response_header_add(weft_response *response, weft_str name, weft_str value)
    WEFT_NODISCARD;

/* The value of the first field of that name set so far, or {NULL, 0}. */
weft_str weft_response_header(const weft_response *response, const char *name);

/* Sets Location, printf-like: weft_response_location(res, "/users/%d", id). WEFT_INVALID when that
 * makes no URI reference: it is empty, or has a space, quote, backslash, brace or other byte that
 * RFC 3986 wants percent-encoded. */
weft_error weft_response_location(weft_response *response, const char *format, ...)
    WEFT_PRINTF(2, 3);

/* The same with the status to return: `return weft_response_redirect(res, WEFT_HTTP_SEE_OTHER,
 * "/users/%d", id)`. 303 after a form; 307 and 308 let the client repeat method and body, for now
 * and for good. 500, and logged, when the status redirects nowhere (neither 301, 302, 303, 307 nor
 * 308) or the location is not valid. */
weft_http_status weft_response_redirect(weft_response *response, weft_http_status status,
                                        const char *format, ...) WEFT_PRINTF(3, 4) WEFT_NODISCARD;

/* Whether a location that came from outside ("?next=/basket") stays on this server: a valid one
 * that begins with exactly one slash. */
bool weft_location_is_local(weft_str location);

/* The body to write into, with its content type (static or in the request's arena). Calling it
 * marks the body as given, even when nothing is written. */
weft_buffer *weft_response_body(weft_response *response, weft_str content_type);

/* Forgets a body given so far. */
void weft_response_body_clear(weft_response *response);

/* A whole body: text/plain or text/html in UTF-8, or bytes of a type that is named. Copies.
 * WEFT_INVALID when the type could not be a field's value or is empty; WEFT_NO_MEMORY. */
weft_error weft_response_text(weft_response *response, weft_str text) WEFT_NODISCARD;
weft_error weft_response_html(weft_response *response, weft_str html) WEFT_NODISCARD;
weft_error weft_response_bytes(weft_response *response, weft_str content_type, weft_str bytes)
    WEFT_NODISCARD;

/* Says that the body is to be saved under this name (Content-Disposition, RFC 6266): any UTF-8,
 * in a form for clients that know RFC 8187 and one for those that know ASCII only. WEFT_INVALID
 * when it is empty, over WEFT_FILENAME_MAX bytes, not UTF-8, "." or "..", or has a slash,
 * backslash or control character; WEFT_NO_MEMORY. */
#define WEFT_FILENAME_MAX 255
weft_error weft_response_attachment(weft_response *response, weft_str filename) WEFT_NODISCARD;

/* The status so far: what the code inside returned. 0 before. */
weft_http_status weft_response_status(const weft_response *response);

/* ---- problems (RFC 9457) ------------------------------------------------------------------- */

/* What went wrong, before it is rendered. Everything lives in the request's arena or is static. */
typedef struct weft_problem {
    weft_http_status status;
    weft_str type;                     /* a URI; empty means "about:blank" */
    weft_str title;                    /* empty: the status text */
    weft_str detail;                   /* for people; may be empty */
    const weft_violations *violations; /* the "errors" member; NULL or empty: none */
    unsigned retry_after;              /* seconds, the field Retry-After; 0: none */
} weft_problem;

/* Writes a problem as the response's body. A router may bring its own (router.problem); the default
 * writes application/problem+json. */
typedef void weft_problem_fn(weft_request *request, weft_response *response,
                             const weft_problem *problem);

/* Remembers `problem` for the response: it is rendered when the handler returns this very status.
 * Returns problem->status, so that a handler can write `return weft_reject(req,
 * &(weft_problem){..})`. */
weft_http_status weft_reject(weft_request *request, const weft_problem *problem) WEFT_NODISCARD;

/* The same of its parts: `return WEFT_PROBLEM(request, .status = WEFT_HTTP_CONFLICT, .type =
 * WEFT_STR("https://example.com/problems/no-stock"), .title = WEFT_STR("Out of stock"))`. */
#define WEFT_PROBLEM(request, ...) weft_reject((request), &(const weft_problem){__VA_ARGS__})

/* The same from a status and a printf-like detail. */
weft_http_status weft_rejectf(weft_request *request, weft_http_status status, const char *detail,
                              ...) WEFT_PRINTF(3, 4) WEFT_NODISCARD;

#endif
