/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * router/list.c: what a router answers, for people.
 */
#include "router/router_internal.h"

typedef struct widths {
    int method, path, handler;
} widths;

static int wider(int width, size_t len)
{
    return (size_t)width < len ? (int)len : width;
}

/* What stands in the first column: fallbacks go by the status that they replace. */
static const char *method_of(const weft_route *route)
{
    switch (route->kind) {
    case WEFT_ROW_FALLBACK: return "404";
    case WEFT_ROW_METHOD_FALLBACK: return "405";
    case WEFT_ROW_ROUTE:
    case WEFT_ROW_TABLE: break;
    }
    return strcmp(route->method, "*") == 0 ? "ANY" : route->method;
}

/* Of a fallback the paths below its prefix. */
static weft_str path_of(const weft__row *row, weft_arena *arena)
{
    if (row->route->kind == WEFT_ROW_ROUTE)
        return row->path;
    return weft_arena_printf(arena, "%.*s/*", WEFT_STR_ARGS(row->path));
}

static const char *handler_of(const weft_route *route)
{
    return route->handler_name != NULL ? route->handler_name : "?";
}

static widths measure(weft__rows rows, weft_arena *arena)
{
    widths w = {
        .method = sizeof "METHOD" - 1, .path = sizeof "PATH" - 1, .handler = sizeof "HANDLER" - 1};
    for (size_t i = 0; i < rows.len; i++) {
        const weft_route *route = rows.at[i].route;
        w.method = wider(w.method, strlen(method_of(route)));
        w.path = wider(w.path, path_of(&rows.at[i], arena).len);
        w.handler = wider(w.handler, strlen(handler_of(route)));
    }
    return w;
}

static void print_row(weft_buffer *to, const weft__row *row, const widths *w)
{
    weft_str path = path_of(row, to->arena);
    weft_buffer_printf(to, "%-*s  %-*.*s  ", w->method, method_of(row->route), w->path,
                       WEFT_STR_ARGS(path));
    if (row->layers->name == NULL) {
        weft_buffer_printf(to, "%s\n", handler_of(row->route));
        return;
    }
    weft_buffer_printf(to, "%-*s  ", w->handler, handler_of(row->route));
    for (const weft_layer *layer = row->layers; layer->name != NULL; layer++)
        weft_buffer_printf(to, "%s%s", layer == row->layers ? "" : ", ", layer->name);
    weft_buffer_append(to, "\n", 1);
}

weft_error weft_router_print(const weft_router *router, weft_buffer *to)
{
    weft__app *app = weft__app_create(router);
    if (app == NULL)
        return WEFT_INVALID;
    weft__rows rows = weft__app_rows(app);
    widths w = measure(rows, to->arena);
    weft_buffer_printf(to, "%-*s  %-*s  %-*s  LAYERS\n", w.method, "METHOD", w.path, "PATH",
                       w.handler, "HANDLER");
    for (size_t i = 0; i < rows.len; i++)
        print_row(to, &rows.at[i], &w);
    weft__app_destroy(app);
    return to->failed ? WEFT_NO_MEMORY : WEFT_OK;
}
