/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * http/h1/line.c: the request line (RFC 9112 section 3): method SP request-target SP HTTP-version,
 * single spaces and nothing else.
 */
#include "http/classes.h"
#include "http/h1/head.h"
#include "http/h1/scan.h"

static const char *bad(weft__h1_head *head, const char *reason)
{
    return weft__h1_refuse(head, WEFT_HTTP_BAD_REQUEST, reason);
}

/* ---- method --------------------------------------------------------------------------------- */

static weft_http_method method_named(weft_str name)
{
    static const weft_str names[] = {
#define NAME(method) [WEFT_METHOD_##method] = {#method, sizeof #method - 1},
        WEFT_HTTP_METHODS(NAME)
#undef NAME
    };
    unsigned method = 0;
    while (method < WEFT_METHOD_OTHER && !weft_str_equal(name, names[method]))
        method++;
    return (weft_http_method)method;
}

static const char *any_method(weft__h1_head *head, const char *from)
{
    const char *at = from;
    while (at < head->end && weft__http_is(*at, WEFT__TOKEN))
        at++;
    if (at == head->end)
        return weft__h1_short(head);
    if (at == from)
        return bad(head, "a request line that does not begin with a method");
    if (*at != ' ')
        return bad(head, "a method that is not a token followed by one space");
    weft_request *request = head->request;
    request->method_name = (weft_str){from, (size_t)(at - from)};
    request->method = method_named(request->method_name);
    if (request->method == WEFT_METHOD_CONNECT)
        return weft__h1_refuse(head, WEFT_HTTP_NOT_IMPLEMENTED, "CONNECT, and this is no proxy");
    return at + 1;
}

static inline const char *method(weft__h1_head *head, const char *at)
{
    if (WEFT_UNLIKELY(head->end - at < 4 || memcmp(at, "GET ", 4) != 0))
        return any_method(head, at);
    head->request->method = WEFT_METHOD_GET;
    head->request->method_name = (weft_str){at, 3};
    return at + 4;
}

/* ---- version -------------------------------------------------------------------------------- */

static const char *any_version(weft__h1_head *head, const char *at)
{
    static const char shape[] = "HTTP/0.0"; /* 0: any digit */
    for (size_t i = 0; i < sizeof shape - 1; i++) {
        if (at + i == head->end)
            return weft__h1_short(head);
        if (shape[i] == '0' ? !weft__http_digit(at[i]) : at[i] != shape[i])
            return bad(head, "a request line that does not end with one space and HTTP/1.1");
    }
    if (at[5] == '0')
        return bad(head, "a version before HTTP/1.0");
    if (at[5] != '1' || at[7] > '1')
        return weft__h1_refuse(head, WEFT_HTTP_HTTP_VERSION_NOT_SUPPORTED,
                               "a version other than HTTP/1.0 and HTTP/1.1");
    head->request->minor_version = (uint8_t)(at[7] - '0');
    return weft__h1_line_end(head, at + sizeof shape - 1);
}

static inline const char *version(weft__h1_head *head, const char *at)
{
    static const char usual[] = "HTTP/1.1\r\n";
    const ptrdiff_t len = sizeof usual - 1;
    if (WEFT_UNLIKELY(head->end - at < len || memcmp(at, usual, (size_t)len) != 0))
        return any_version(head, at);
    head->request->minor_version = 1;
    return at + len;
}

/* ---- target --------------------------------------------------------------------------------- */

static WEFT_COLD const char *bad_target(weft__h1_head *head, const char *at)
{
    if (*at == '#')
        return bad(head, "a request target with a fragment");
    if (*at == '\r' || *at == '\n')
        return bad(head, "a request line without a version");
    return bad(head, "a request target with a byte that is not visible ASCII");
}

/* The bytes of the target, whatever its form, split at the first '?'. */
static inline const char *target(weft__h1_head *head, const char *from)
{
    weft_request *request = head->request;
    const char *end = head->end;
    const char *at = weft__scan(head->start, from, end, weft__stops_path);
    request->path = (weft_str){from, (size_t)(at - from)};
    request->query = (weft_str){NULL, 0};
    if (at < end && *at == '?') {
        const char *query = at + 1;
        at = weft__scan(head->start, query, end, weft__stops_query);
        request->query = (weft_str){query, (size_t)(at - query)};
    }
    if (WEFT_UNLIKELY(at == end))
        return weft__h1_short(head);
    if (WEFT_UNLIKELY(*at != ' '))
        return bad_target(head, at);
    if (WEFT_UNLIKELY(at == from))
        return bad(head, "more than one space after the method");
    request->target = (weft_str){from, (size_t)(at - from)};
    return at + 1;
}

/* The bytes of `path` that name scheme "http://" or "https://", or 0. */
static size_t scheme_length(weft_str path)
{
    static const weft_str schemes[] = {{"http://", 7}, {"https://", 8}};
    for (size_t i = 0; i < 2; i++) {
        weft_str head = {path.at, schemes[i].len};
        if (path.len >= head.len && weft_str_equal_nocase(head, schemes[i]))
            return head.len;
    }
    return 0;
}

/* These two look at the target when the line is known to be whole; `at` is where it ends.
 *
 * Absolute-form (RFC 9112 section 3.2.2): the authority takes the place of Host, and what follows
 * it is the path. */
static const char *absolute_form(weft__h1_head *head, const char *at, size_t scheme)
{
    weft_request *request = head->request;
    weft_str rest = weft_str_skip(request->path, scheme);
    const char *slash = memchr(rest.at, '/', rest.len);
    size_t len = slash ? (size_t)(slash - rest.at) : rest.len;
    head->authority = (weft_str){rest.at, len};
    if (memchr(rest.at, '@', len) != NULL)
        return bad(head, "a request target with user information");
    if (len == 0 || rest.at[0] == ':' || !weft__h1_host_valid(head->start, head->authority))
        return bad(head, "a request target whose host is not valid");
    request->path = weft_str_skip(rest, len);
    if (request->path.len == 0)
        request->path = request->method == WEFT_METHOD_OPTIONS && request->query.at == NULL
                            ? WEFT_STR("*")
                            : WEFT_STR("/");
    return at;
}

static const char *other_form(weft__h1_head *head, const char *at)
{
    weft_request *request = head->request;
    size_t scheme = scheme_length(request->path);
    if (scheme != 0)
        return absolute_form(head, at, scheme);
    if (!weft_str_equal(request->target, WEFT_STR("*")))
        return bad(head, "a request target that is neither a path nor an http URL");
    if (request->method != WEFT_METHOD_OPTIONS)
        return bad(head, "the target * with a method other than OPTIONS");
    return at;
}

const char *weft__h1_request_line(weft__h1_head *head, const char *at)
{
    at = method(head, at);
    if (WEFT_LIKELY(at != NULL))
        at = target(head, at);
    if (WEFT_LIKELY(at != NULL))
        at = version(head, at);
    if (WEFT_UNLIKELY(at != NULL && head->request->path.at[0] != '/'))
        at = other_form(head, at);
    return at;
}
