/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * layer/static_files.c: a folder below a path.
 */
#include "http/message.h"
#include "http/url.h"
#include "layer/file.h"
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>
#include <weft/layer.h>
#include <weft/log.h>

typedef weft__static_files_settings settings;

/* ---- at start ------------------------------------------------------------------------------- */

static bool prefix_valid(const char *prefix)
{
    size_t len = strlen(prefix);
    return prefix[0] == '/' && (len == 1 || prefix[len - 1] != '/');
}

weft_error weft__static_files_check(const weft_layer *self)
{
    const settings *of = self->settings;
    if (!prefix_valid(of->prefix)) {
        weft_log(WEFT_LOG_ERROR, "files",
                 "static_files(\"%s\", \"%s\"): a prefix begins with a slash and does not end with "
                 "one, as in \"/assets\"",
                 of->prefix, of->folder);
        return WEFT_INVALID;
    }
    int folder = open(of->folder, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (folder < 0) {
        weft_log(WEFT_LOG_ERROR, "files",
                 "static_files(\"%s\", \"%s\"): cannot open the folder: %s", of->prefix, of->folder,
                 strerror(errno));
        return WEFT_INVALID;
    }
    close(folder);
    return WEFT_OK;
}

/* ---- paths ---------------------------------------------------------------------------------- */

/* What of the path lies below the prefix: "" for the prefix itself, or what begins with a slash. */
static bool below(weft_str path, const char *prefix, weft_str *rest)
{
    weft_str before = weft_str_from(prefix);
    if (before.len == 1)
        before.len = 0;
    *rest = weft_str_skip(path, before.len);
    return weft_str_starts_with(path, before) && (rest->len == 0 || rest->at[0] == '/');
}

/* Decoded once. An escaped slash would be part of a name, and no name has one. */
static bool decode(weft_str raw, weft_arena *arena, weft_str *path)
{
    for (size_t i = 0; i + 2 < raw.len; i++)
        if (raw.at[i] == '%' && raw.at[i + 1] == '2' && (raw.at[i + 2] | 0x20) == 'f')
            return false;
    return weft__url_decode(raw, false, arena, path);
}

/* ---- answering ------------------------------------------------------------------------------ */

/* 307 and not 308: what is a folder today may be a file tomorrow, and browsers never ask again. */
static weft_http_status add_slash(weft_request *request, weft_response *response)
{
    return weft_response_redirect(response, WEFT_HTTP_TEMPORARY_REDIRECT, "%.*s/%s%.*s",
                                  WEFT_STR_ARGS(request->path), request->query.len ? "?" : "",
                                  WEFT_STR_ARGS(request->query));
}

static weft_http_status refuse_method(weft_request *request, weft_response *response)
{
    if (weft_response_header_set(response, WEFT_STR("Allow"), WEFT_STR("GET, HEAD")) != WEFT_OK)
        return WEFT_HTTP_INTERNAL_SERVER_ERROR;
    if (request->method == WEFT_METHOD_OPTIONS)
        return WEFT_HTTP_NO_CONTENT;
    return weft_rejectf(request, WEFT_HTTP_METHOD_NOT_ALLOWED, "a file is read by GET and HEAD");
}

static bool reads(const weft_request *request)
{
    return request->method == WEFT_METHOD_GET || request->method == WEFT_METHOD_HEAD;
}

static weft_http_status answer(weft__file_search *search, weft_request *request,
                               weft_response *response)
{
    if (search->found == WEFT__FILE_FAULT)
        return weft__file_answer(search, request, response);
    if (!reads(request))
        return refuse_method(request, response);
    return search->found == WEFT__FILE_DIRECTORY ? add_slash(request, response)
                                                 : weft__file_answer(search, request, response);
}

weft_http_status weft__static_files(const weft_layer *self, weft_request *request,
                                    weft_response *response, weft_next *next)
{
    const settings *of = self->settings;
    weft__file_search search;
    weft_str rest, path;
    if (request->route.len != 0 || !below(request->path, of->prefix, &rest) ||
        !decode(weft_str_skip(rest, 1), request->arena, &path))
        return weft_next_run(next, request, response);
    bool bare = rest.len == 0;
    weft__file_find(&search, request, of->folder, path,
                    reads(request) && !bare ? WEFT__ASK_FILE : WEFT__ASK_EXISTENCE);
    if (bare && search.found == WEFT__FILE_THERE)
        search.found = WEFT__FILE_DIRECTORY;
    return search.found == WEFT__FILE_NONE ? weft_next_run(next, request, response)
                                           : answer(&search, request, response);
}
