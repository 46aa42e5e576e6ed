/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * router/slash.c: the twin of a path. Off the path of requests that match.
 */
#include "router/slash.h"

/* The path with a "/" more or less at its end; empty when it has no twin, or memory is out. */
static weft_str twin_of(const weft_request *request)
{
    weft_str path = request->path;
    if (path.len < 2 || path.at[0] != '/')
        return (weft_str){NULL, 0};
    if (path.at[path.len - 1] == '/')
        return (weft_str){path.at, path.len - 1};
    return weft_arena_printf(request->arena, "%.*s/", WEFT_STR_ARGS(path));
}

static bool is_visible(weft_str s)
{
    for (size_t i = 0; i < s.len; i++) {
        if ((unsigned char)s.at[i] <= ' ' || (unsigned char)s.at[i] >= 0x7F)
            return false;
    }
    return true;
}

/* "//host/x" and "/\\host/x" would lead clients to another server. */
static bool stays_here(weft_str path)
{
    return path.len < 2 || (path.at[1] != '/' && path.at[1] != '\\');
}

static weft_str location_of(const weft_request *request, weft_str twin)
{
    if (!stays_here(twin) || !is_visible(twin) || !is_visible(request->query))
        return (weft_str){NULL, 0};
    return weft_arena_printf(request->arena, "%.*s%s%.*s", WEFT_STR_ARGS(twin),
                             request->query.len != 0 ? "?" : "", WEFT_STR_ARGS(request->query));
}

weft_str weft__slash_find(const weft__tree *tree, weft_slash policy, weft_request *request,
                          const weft__endpoint **endpoint, size_t *captures)
{
    weft_str twin = twin_of(request);
    const weft__endpoint *match = NULL;
    if (twin.len != 0)
        match = weft__tree_find(tree, twin, request->params, captures, NULL);
    if (policy == WEFT_SLASH_IGNORE)
        *endpoint = match;
    return match != NULL && policy == WEFT_SLASH_REDIRECT ? location_of(request, twin)
                                                          : (weft_str){NULL, 0};
}
