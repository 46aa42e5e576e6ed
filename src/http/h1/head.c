/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * http/h1/head.c: the request head: a few empty lines at most, the request line, the fields, the
 * empty line (RFC 9112 section 2.1). One pass from left to right that decides at each byte, so that
 * the outcome does not depend on how the bytes arrive. Views point into the input.
 */
#include "base/equal.h"
#include "http/h1/field.h"

const char *weft__h1_refuse(weft__h1_head *head, weft_http_status status, const char *reason)
{
    *head->fault = (weft__h1_fault){status, reason};
    head->outcome = WEFT__H1_BAD;
    return NULL;
}

const char *weft__h1_short(weft__h1_head *head)
{
    if (head->end != head->last)
        return weft__h1_refuse(head, head->over,
                               head->over == WEFT_HTTP_URI_TOO_LONG
                                   ? "a request line longer than the limit"
                                   : "a head longer than the limit");
    head->outcome = WEFT__H1_PARTIAL;
    return NULL;
}

/* Lets the parser see `limit` bytes from `from` at most; beyond them waits `over`. */
static inline void clip(weft__h1_head *head, const char *from, size_t limit, weft_http_status over)
{
    head->end = (size_t)(head->last - from) > limit ? from + limit : head->last;
    head->over = over;
}

/* Empty lines before the request line, which some clients send after a body (RFC 9112 section 2.2:
 * at least one is to be passed over). */
static const char *empty_lines(weft__h1_head *head, const char *at)
{
    for (int i = 0; i < WEFT__H1_EMPTY_LINES_MAX && at != NULL; i++) {
        if (WEFT_LIKELY(at == head->end || *at != '\r'))
            break;
        at = weft__h1_line_end(head, at);
    }
    return at;
}

/* ---- fields --------------------------------------------------------------------------------- */

/* Makes room for more fields than the request holds itself. */
static WEFT_COLD bool grow(weft_request *request)
{
    size_t capacity = 2 * request->field_capacity;
    weft__field *fields = WEFT_NEW_ARRAY(request->arena, weft__field, capacity);
    if (fields == NULL)
        return false;
    memcpy(fields, request->fields, request->field_count * sizeof *fields);
    request->fields = fields;
    request->field_capacity = capacity;
    return true;
}

static inline const char *field(weft__h1_head *head, const char *at)
{
    weft_request *request = head->request;
    weft__field field = {{0}, {0}};
    const char *next = weft__usual_field_line(at, head->end, &field);
    if (WEFT_UNLIKELY(next == NULL))
        next = weft__field_line(head, at, &field);
    if (WEFT_UNLIKELY(next == NULL))
        return NULL;
    if (WEFT_UNLIKELY(request->field_count == request->field_capacity) && !grow(request))
        return weft__h1_refuse(head, WEFT_HTTP_INTERNAL_SERVER_ERROR, "out of memory");
    request->fields[request->field_count++] = field;
    bool known = weft__h1_maybe_known(field.name);
    return known && !weft__h1_known_field(head, field.name, field.value) ? NULL : next;
}

/* The fields and the empty line. */
static const char *fields(weft__h1_head *head, const char *at, size_t limit)
{
    while (WEFT_LIKELY(at < head->end)) {
        if (*at == '\r')
            return weft__h1_line_end(head, at);
        if (WEFT_UNLIKELY(head->request->field_count == limit))
            return weft__h1_refuse(head, WEFT_HTTP_HEADER_FIELDS_TOO_LARGE,
                                   "more fields than the limit");
        at = field(head, at);
        if (WEFT_UNLIKELY(at == NULL))
            return NULL;
    }
    return weft__h1_short(head);
}

/* What only all fields can tell. */
static const char *conclude(weft__h1_head *head, const char *at)
{
    weft_request *request = head->request;
    unsigned saw = head->saw;
    if (request->minor_version == 1 && !(saw & WEFT__SAW_HOST))
        return weft__h1_refuse(head, WEFT_HTTP_BAD_REQUEST, "HTTP/1.1 without a Host field");
    request->keep_alive = !(saw & WEFT__SAW_CLOSE) &&
                          (request->minor_version == 1 || (saw & WEFT__SAW_KEEP_ALIVE));
    request->expects_continue = (saw & WEFT__SAW_EXPECT) && request->minor_version == 1 &&
                                request->framing != WEFT__BODY_NONE;
    return at;
}

static const char *parsed_fields(weft__h1_head *head, const char *at, size_t limit)
{
    at = fields(head, at, limit);
    return at != NULL ? conclude(head, at) : NULL;
}

/* ---- fields that come again ----------------------------------------------------------------- */

/* Takes over the fields of the head before when the same bytes follow. They are read from left to
 * right up to an end of their own, and besides them only the version decides what comes of it: so
 * this is what parsing them would find. NULL: they have to be parsed. */
static inline const char *fields_again(weft__h1_head *head, const char *at)
{
    weft_request *request = head->request;
    const weft__h1_kept *kept = request->kept;
    if (kept->len == 0 || (size_t)(head->end - at) < kept->len ||
        kept->minor_version != request->minor_version || !weft__equal(at, kept->text, kept->len))
        return NULL;
    request->keep_alive = kept->keep_alive;
    request->expects_continue = kept->expects_continue;
    request->framing = kept->framing;
    request->content_length = kept->content_length;
    request->host = kept->host;
    request->field_count = kept->field_count;
    return at + kept->len;
}

/* Keeps the fields in [from, end) for the next head, unless they are so many that they are gone
 * with the arena then. */
static inline void keep(const weft_request *request, const char *from, const char *end)
{
    if (request->fields == request->fields_inside)
        *request->kept = (weft__h1_kept){.text = from,
                                         .len = (size_t)(end - from),
                                         .minor_version = request->minor_version,
                                         .keep_alive = request->keep_alive,
                                         .expects_continue = request->expects_continue,
                                         .framing = request->framing,
                                         .content_length = request->content_length,
                                         .host = request->host,
                                         .field_count = request->field_count};
}

/* The fields and the empty line, parsed or taken over. */
static inline const char *all_fields(weft__h1_head *head, const char *at, size_t limit)
{
    weft__h1_kept *kept = head->request->kept;
    if (kept == NULL)
        return parsed_fields(head, at, limit);
    const char *end = fields_again(head, at);
    if (end != NULL)
        return end;
    kept->len = 0; /* parsing writes over them */
    end = parsed_fields(head, at, limit);
    if (end != NULL)
        keep(head->request, at, end);
    return end;
}

/* ---- the whole ------------------------------------------------------------------------------ */

/* What an earlier, partial call left behind. */
static void forget(weft_request *request)
{
    request->framing = WEFT__BODY_NONE;
    request->content_length = 0;
    request->host = (weft_str){NULL, 0};
    request->field_count = 0;
}

weft__h1_outcome weft__h1_parse(const char *bytes, size_t len, const weft__h1_limits *limits,
                                weft_request *request, size_t *used, weft__h1_fault *fault)
{
    size_t line_max = limits->request_line ? limits->request_line : WEFT__H1_REQUEST_LINE_MAX;
    size_t head_max = limits->head ? limits->head : WEFT__H1_HEAD_MAX;
    size_t fields_max = limits->fields ? limits->fields : WEFT__H1_FIELDS_MAX;
    weft__h1_head head = {.start = bytes,
                          .end = bytes + len,
                          .last = bytes + len,
                          .request = request,
                          .fault = fault};

    forget(request);
    const char *at = empty_lines(&head, bytes);
    if (at != NULL) {
        clip(&head, at, line_max + 2, WEFT_HTTP_URI_TOO_LONG);
        at = weft__h1_request_line(&head, at);
    }
    if (at != NULL) {
        clip(&head, bytes, head_max, WEFT_HTTP_HEADER_FIELDS_TOO_LARGE);
        at = all_fields(&head, at, fields_max);
    }
    if (at == NULL)
        return head.outcome;
    if (WEFT_UNLIKELY(head.authority.len != 0))
        request->host = head.authority;
    *used = (size_t)(at - bytes);
    return WEFT__H1_DONE;
}
