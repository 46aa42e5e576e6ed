/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * http/multipart/form.c: a request's body as parts, read from the connection as they are asked for.
 * The first failure ends it: every later call answers the same.
 */
#include "http/multipart/form.h"
#include "http/message.h"

static const weft_multipart_limits defaults = {
    .parts = WEFT_MULTIPART_PARTS,
    .head = WEFT_MULTIPART_HEAD,
    .memory = WEFT_MULTIPART_MEMORY,
    .part = WEFT_MULTIPART_PART,
    .total = WEFT_MULTIPART_TOTAL,
};

static weft_multipart_limits complete(const weft_multipart_limits *given)
{
    weft_multipart_limits limits = given != NULL ? *given : defaults;
    limits.parts = limits.parts ? limits.parts : defaults.parts;
    limits.head = limits.head ? limits.head : defaults.head;
    limits.memory = limits.memory ? limits.memory : defaults.memory;
    limits.part = limits.part ? limits.part : defaults.part;
    limits.total = limits.total ? limits.total : defaults.total;
    return limits;
}

/* ---- opening --------------------------------------------------------------------------------- */

static weft_http_status find_boundary(weft_request *request, weft_str *boundary)
{
    weft_str rest = weft_request_header(request, "content-type");
    weft_str type = weft__media_type(request);
    bool fits = weft_str_equal_nocase(type, WEFT_STR("multipart/form-data"));
    WEFT_TRY(weft__media_judge(request, fits, "multipart/form-data"));
    rest = weft_str_skip(rest, (size_t)(type.at + type.len - rest.at));
    const char *reason = weft__boundary_find(rest, boundary);
    if (reason != NULL)
        return weft_rejectf(request, WEFT_HTTP_BAD_REQUEST, "%s", reason);
    return WEFT_HTTP_OK;
}

weft_http_status weft_multipart_open(weft_multipart **form, weft_request *request,
                                     const weft_multipart_limits *limits)
{
    weft_str boundary;
    WEFT_TRY(find_boundary(request, &boundary));
    weft_multipart *made = WEFT_NEW(request->arena, weft_multipart);
    if (made == NULL)
        return WEFT_HTTP_INTERNAL_SERVER_ERROR;
    *made = (weft_multipart){
        .request = request,
        .limits = complete(limits != NULL ? limits : request->multipart),
        .status = WEFT_HTTP_OK,
    };
    char *head = weft_arena_alloc(request->arena, made->limits.head, 1);
    made->in = weft_arena_alloc(request->arena, WEFT__MULTIPART_BUFFER, 1);
    if (head == NULL || made->in == NULL)
        return WEFT_HTTP_INTERNAL_SERVER_ERROR;
    if (!weft__multipart_begin(&made->parser, boundary, head, made->limits.head))
        return weft_rejectf(request, WEFT_HTTP_BAD_REQUEST,
                            "the boundary of the Content-Type is not valid (RFC 2046 section 5.1)");
    weft_request_body_limit(request, made->limits.total);
    *form = made;
    return WEFT_HTTP_OK;
}

weft_http_status weft_multipart_close(weft_multipart *form)
{
    WEFT_GIVES(form);
    return form->status;
}

/* ---- walking --------------------------------------------------------------------------------- */

static weft_http_status malformed(weft_multipart *form, const char *reason)
{
    return weft_rejectf(form->request, WEFT_HTTP_BAD_REQUEST, "the form is malformed: %s", reason);
}

static weft_http_status head_too_large(weft_multipart *form)
{
    return weft_rejectf(form->request, WEFT_HTTP_CONTENT_TOO_LARGE,
                        "the head of a part is larger than the limit of %zu bytes",
                        form->limits.head);
}

/* More bytes; status OK and none: the body has ended. */
static bool fill(weft_multipart *form)
{
    form->at = form->end = 0;
    form->status = weft_request_read(form->request, form->in, WEFT__MULTIPART_BUFFER, &form->end);
    return form->status == WEFT_HTTP_OK && form->end != 0;
}

/* What happens next in the form; PARTIAL: nothing more, and the status says why. */
static weft__multipart_event advance(weft_multipart *form)
{
    weft__multipart_event event = WEFT__MULTIPART_PARTIAL;
    while (event == WEFT__MULTIPART_PARTIAL && (form->at < form->end || fill(form))) {
        size_t used;
        event = weft__multipart_take(&form->parser, form->in + form->at, form->end - form->at,
                                     &used, &form->data);
        form->at += used;
    }
    if (event == WEFT__MULTIPART_BAD)
        form->status = form->parser.reason != NULL ? malformed(form, form->parser.reason)
                                                   : head_too_large(form);
    else if (event == WEFT__MULTIPART_PARTIAL && form->status == WEFT_HTTP_OK &&
             !weft__multipart_complete(&form->parser))
        form->status = malformed(form, "it ends before its last delimiter");
    return event == WEFT__MULTIPART_BAD ? WEFT__MULTIPART_PARTIAL : event;
}

static bool keep(weft_multipart *form, weft_str *s)
{
    return s->at == NULL || weft_arena_copy(form->request->arena, *s, s);
}

static weft_http_status begin_part(weft_multipart *form, weft_part *part)
{
    weft__part_head head;
    const char *reason = weft__part_head_read(form->parser.head, form->parser.head_len, &head);
    if (reason != NULL)
        return malformed(form, reason);
    if (form->parts++ == form->limits.parts)
        return weft_rejectf(form->request, WEFT_HTTP_CONTENT_TOO_LARGE,
                            "the form has more parts than the limit of %zu", form->limits.parts);
    if (!keep(form, &head.name) || !keep(form, &head.filename) || !keep(form, &head.content_type))
        return WEFT_HTTP_INTERNAL_SERVER_ERROR;
    *part = (weft_part){
        .name = head.name,
        .filename = head.filename,
        .content_type = head.content_type,
        .form = form,
    };
    form->name = head.name;
    form->size = 0;
    form->in_part = true;
    return WEFT_HTTP_OK;
}

weft_http_status weft_multipart_next(weft_multipart *form, weft_part *part)
{
    weft_str passed = {"", 1};
    while (form->in_part && passed.len != 0)
        WEFT_TRY(weft__multipart_read(form, &passed));
    if (form->status != WEFT_HTTP_OK)
        return form->status;
    if (advance(form) == WEFT__MULTIPART_PART)
        return form->status = begin_part(form, part);
    return form->status != WEFT_HTTP_OK ? form->status : WEFT_HTTP_NO_CONTENT;
}

/* ---- contents -------------------------------------------------------------------------------- */

static weft_http_status part_too_large(weft_multipart *form)
{
    return weft_rejectf(form->request, WEFT_HTTP_CONTENT_TOO_LARGE,
                        "the part \"%.*s\" is larger than the limit of %llu bytes",
                        WEFT_STR_ARGS(form->name), (unsigned long long)form->limits.part);
}

weft_http_status weft__multipart_read(weft_multipart *form, weft_str *piece)
{
    *piece = (weft_str){NULL, 0};
    if (form->status != WEFT_HTTP_OK || !form->in_part)
        return form->status;
    if (advance(form) != WEFT__MULTIPART_DATA) {
        form->in_part = false;
        return form->status;
    }
    form->size += form->data.len;
    if (form->size > form->limits.part)
        return form->status = part_too_large(form);
    *piece = form->data;
    return WEFT_HTTP_OK;
}

weft_http_status weft_part_read(weft_part *part, weft_str *piece)
{
    return weft__multipart_read(part->form, piece);
}

/* Accounts for `more` bytes that stay in memory. */
static weft_http_status hold(weft_multipart *form, size_t more)
{
    if (more > form->limits.memory - form->held)
        return form->status = weft_rejectf(
                   form->request, WEFT_HTTP_CONTENT_TOO_LARGE,
                   "with \"%.*s\" the form's texts are larger than the limit of %zu bytes",
                   WEFT_STR_ARGS(form->name), form->limits.memory);
    form->held += more;
    return WEFT_HTTP_OK;
}

weft_http_status weft_part_bytes(weft_part *part, weft_bytes *bytes)
{
    weft_multipart *form = part->form;
    weft_buffer whole;
    weft_str piece;
    weft_buffer_init(&whole, form->request->arena);
    do {
        WEFT_TRY(weft__multipart_read(form, &piece));
        WEFT_TRY(hold(form, piece.len));
        weft_buffer_append_str(&whole, piece);
    } while (piece.len != 0);
    if (whole.failed)
        return form->status = WEFT_HTTP_INTERNAL_SERVER_ERROR;
    *bytes = (weft_bytes){(const uint8_t *)whole.at, whole.len};
    return WEFT_HTTP_OK;
}

weft_http_status weft_part_text(weft_part *part, weft_str *text)
{
    weft_bytes bytes = {NULL, 0};
    WEFT_TRY(weft_part_bytes(part, &bytes));
    weft_str whole = {(const char *)bytes.at, bytes.len};
    if (!weft_utf8_valid(whole))
        return part->form->status = weft_rejectf(part->form->request, WEFT_HTTP_BAD_REQUEST,
                                                 "the part \"%.*s\" is not valid UTF-8",
                                                 WEFT_STR_ARGS(part->name));
    *text = whole;
    return WEFT_HTTP_OK;
}
