/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * layer/compress.c: gzip for bodies that are worth it, when the client takes it.
 */
#include "http/message.h"
#include "layer/accept.h"
#include "layer/compress_stream.h"
#include "layer/gzip.h"
#include <weft/layer.h>

/* ---- what is worth compressing --------------------------------------------------------------- */

/* "text/html" of "text/html; charset=utf-8". */
static weft_str media_type(weft_str content_type)
{
    size_t len = 0;
    while (len < content_type.len && content_type.at[len] != ';' && content_type.at[len] != ' ')
        len++;
    return (weft_str){content_type.at, len};
}

static bool begins(weft_str type, const char *with)
{
    weft_str prefix = weft_str_from(with);
    return type.len >= prefix.len && weft_str_equal_nocase((weft_str){type.at, prefix.len}, prefix);
}

/* False for what is compressed already, for streams of events and for what has no type. */
static bool compressible(weft_str content_type)
{
    static const char *const families[] = {"image/", "video/", "audio/", "font/woff",
                                           "application/grpc"};
    static const char *const types[] = {
        "text/event-stream", "application/zip",     "application/gzip",
        "application/zstd",  "application/x-xz",    "application/x-7z-compressed",
        "application/pdf",   "application/x-bzip2", "application/vnd.rar"};
    weft_str type = media_type(content_type);
    if (type.len == 0)
        return false;
    if (weft_str_equal_nocase(type, WEFT_STR("image/svg+xml")))
        return true;
    for (size_t i = 0; i < sizeof families / sizeof *families; i++) {
        if (begins(type, families[i]))
            return false;
    }
    for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
        if (weft_str_equal_nocase(type, weft_str_from(types[i])))
            return false;
    }
    return true;
}

/* Whether the body is a whole representation that nobody has coded or asked to leave alone. */
static bool open_to_change(const weft_response *response)
{
    bool plain = response->flow == NULL ? response->body.len != 0 && !response->body.failed
                                        : response->flow->kind == WEFT__FLOW_STREAM;
    return response->body_given && plain && response->status != WEFT_HTTP_PARTIAL_CONTENT &&
           response->status != WEFT_HTTP_NO_CONTENT && response->status != WEFT_HTTP_NOT_MODIFIED &&
           weft_response_header(response, "content-encoding").at == NULL &&
           weft_response_header(response, "content-range").at == NULL &&
           !weft__lists(weft_response_header(response, "cache-control"), WEFT_STR("no-transform"));
}

/* ---- doing it -------------------------------------------------------------------------------- */

/* Tells caches that the answer depends on Accept-Encoding. */
static weft_error add_vary(weft_response *response)
{
    weft_str vary = weft_response_header(response, "vary");
    if (weft__lists(vary, WEFT_STR("accept-encoding")) || weft__lists(vary, WEFT_STR("*")))
        return WEFT_OK;
    return weft_response_header_add(response, WEFT_STR("Vary"), WEFT_STR("accept-encoding"));
}

/* Another coding is another sequence of bytes, which a strong entity tag may not share. */
static bool weaken_tag(weft_response *response)
{
    weft_str tag = weft_response_header(response, "etag");
    if (tag.len == 0 || weft_str_starts_with(tag, WEFT_STR("W/")))
        return true;
    weft_str weak = weft_arena_printf(response->arena, "W/%.*s", WEFT_STR_ARGS(tag));
    return weak.at != NULL && weft_response_header_set(response, WEFT_STR("ETag"), weak) == WEFT_OK;
}

/* Parts could be had of the plain form only, and would not fit the ones of this. */
static bool refuse_ranges(weft_response *response)
{
    return weft_response_header(response, "accept-ranges").at == NULL ||
           weft_response_header_set(response, WEFT_STR("Accept-Ranges"), WEFT_STR("none")) ==
               WEFT_OK;
}

static bool say_gzip(weft_response *response)
{
    return weaken_tag(response) && refuse_ranges(response) &&
           weft_response_header_set(response, WEFT_STR("Content-Encoding"), WEFT_STR("gzip")) ==
               WEFT_OK;
}

/* Replaces the body by its gzip form when that is shorter and there is memory for it; otherwise
 * leaves everything. False: only half of it could be said. */
static bool replace_body(weft_response *response)
{
    weft_buffer coded;
    weft_buffer_init(&coded, response->arena);
    size_t room = response->body.len - 1;
    char *to = weft_buffer_reserve(&coded, room);
    coded.len = to != NULL ? weft__gzip(weft_buffer_str(&response->body), to, room) : 0;
    if (coded.len == 0)
        return true;
    response->body = coded;
    return say_gzip(response);
}

/* The same, of a body that is streamed, too. */
static bool code(weft_response *response)
{
    if (response->flow == NULL)
        return replace_body(response);
    return !weft__compress_stream(response) || say_gzip(response);
}

/* A client that takes neither form gets 406, unless the request has changed something: then the
 * answer is worth more to it than its form. */
static bool unacceptable(const weft_request *request, const weft_response *response,
                         const weft__accept *accept)
{
    bool safe = request->method == WEFT_METHOD_GET || request->method == WEFT_METHOD_HEAD;
    return accept->gzip == 0 && accept->identity == 0 && safe &&
           response->status < WEFT_HTTP_BAD_REQUEST;
}

weft_http_status weft__compress(const weft_layer *self, weft_request *request,
                                weft_response *response, weft_next *next)
{
    (void)self;
    weft_http_status status = weft_next_run(next, request, response);
    if (!open_to_change(response))
        return status;
    weft__accept accept = weft__accept_of(request);
    if (unacceptable(request, response, &accept)) {
        weft_response_body_clear(response);
        return weft_rejectf(request, WEFT_HTTP_NOT_ACCEPTABLE,
                            "Accept-Encoding refuses gzip and the plain form; there is no other");
    }
    bool worth = weft__response_length(response) >= WEFT_COMPRESS_MIN &&
                 compressible(response->content_type);
    bool wanted = accept.gzip > 0 && (!accept.identity_listed || accept.gzip >= accept.identity);
    if (worth && add_vary(response) != WEFT_OK)
        return WEFT_HTTP_INTERNAL_SERVER_ERROR;
    if (!wanted || (!worth && accept.identity != 0))
        return status;
    if (code(response))
        return status;
    weft_response_body_clear(response);
    return WEFT_HTTP_INTERNAL_SERVER_ERROR;
}
