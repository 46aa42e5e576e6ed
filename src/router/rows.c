/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * router/rows.c: goes through tables within tables, without recursion, and unrolls them.
 *
 * A route is surrounded by the router's layers, those of the tables around it, and its own, in one
 * list. Where a row adds none, the list is the router's own. A fallback answers for no route, so
 * the layers of the tables around it are not for it: it has the router's and its own.
 */
#include "router/rows.h"
#include "router/pattern.h"
#include <stdarg.h>
#include <stdio.h>
#include <weft/log.h>

static const weft_layer no_layers[] = {{.name = NULL}};

/* ---- saying what is wrong -------------------------------------------------------------------- */

const char *weft__row_word(const weft_route *route)
{
    switch (route->kind) {
    case WEFT_ROW_ROUTE: break;
    case WEFT_ROW_TABLE: return route->path != NULL && route->path[0] == '\0' ? "MERGE" : "NEST";
    case WEFT_ROW_FALLBACK: return "FALLBACK";
    case WEFT_ROW_METHOD_FALLBACK: return "METHOD_FALLBACK";
    }
    return route->method != NULL ? route->method : "?";
}

weft_str weft__row_place(const weft__row *row, weft_arena *arena)
{
    const weft_route *route = row->route, *nest = row->group->nest;
    const char *file = route->file != NULL ? route->file : "?";
    if (nest == NULL || nest->file == NULL)
        return weft_arena_printf(arena, "%s:%d", file, route->line);
    return weft_arena_printf(arena, "%s:%d, in the table of %s:%d", file, route->line, nest->file,
                             nest->line);
}

void weft__row_fault(const weft__row *row, const char *format, ...)
{
    char text[1024];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    const weft_route *route = row->route;
    bool everywhere = route->kind != WEFT_ROW_ROUTE && row->path.at != NULL && row->path.len == 0;
    weft_str path = row->path.at != NULL ? row->path : WEFT_STR("?");
    weft_log(WEFT_LOG_ERROR, "router", "%s:%d: %s%s%.*s: %s", route->file ? route->file : "?",
             route->line, weft__row_word(route), everywhere ? "" : " ",
             everywhere ? 0 : (int)path.len, path.at, text);
}

/* ---- layers ---------------------------------------------------------------------------------- */

const weft_layer *weft__router_layers(const weft_router *router)
{
    return router->layers != NULL ? router->layers : no_layers;
}

size_t weft__layers_count(const weft_layer *layers)
{
    size_t count = 0;
    while (layers != NULL && count <= WEFT_LAYERS_MAX && layers[count].name != NULL)
        count++;
    return count;
}

/* Puts `layers` in front of those from `at` on; where they begin then, or NULL when they do not
 * fit. */
static weft_layer *put_before(weft_layer *from, weft_layer *at, const weft_layer *layers)
{
    size_t count = weft__layers_count(layers);
    if (at == NULL || (size_t)(at - from) < count)
        return NULL;
    if (count != 0)
        memcpy(at - count, layers, count * sizeof *at);
    return at - count;
}

static bool check_layers(const weft__row *row)
{
    for (const weft_layer *layer = row->layers; layer->name != NULL; layer++) {
        if (layer->run == NULL) {
            weft__row_fault(row, "layer %s has no function", layer->name);
            return false;
        }
    }
    return true;
}

static bool adds_layers(const weft__row *row)
{
    bool adds = row->route->layers != NULL;
    for (const weft__group *g = row->group; g != NULL && row->route->kind == WEFT_ROW_ROUTE;
         g = g->outer)
        adds = adds || (g->nest != NULL && g->nest->layers != NULL);
    return adds;
}

/* From the inside out, because that is how groups are linked. */
static weft_error gather_layers(weft__row *row, const weft_layer *routers, weft_arena *arena)
{
    row->layers = routers;
    if (!adds_layers(row))
        return WEFT_OK;
    weft_layer all[WEFT_LAYERS_MAX];
    weft_layer *end = all + WEFT_LAYERS_MAX;
    weft_layer *at = put_before(all, end, row->route->layers);
    for (const weft__group *g = row->group; g->nest != NULL; g = g->outer) {
        if (row->route->kind == WEFT_ROW_ROUTE)
            at = put_before(all, at, g->nest->layers);
    }
    at = put_before(all, at, routers);
    if (at == NULL) {
        weft__row_fault(row,
                        "more than %d layers, or a list without its end: write WEFT_LAYERS(..)",
                        WEFT_LAYERS_MAX);
        return WEFT_INVALID;
    }
    size_t count = (size_t)(end - at);
    weft_layer *list = WEFT_NEW_ARRAY(arena, weft_layer, count + 1);
    if (list == NULL)
        return WEFT_NO_MEMORY;
    memcpy(list, at, count * sizeof *list);
    list[count] = no_layers[0];
    row->layers = list;
    return check_layers(row) ? WEFT_OK : WEFT_INVALID;
}

/* ---- tables within tables -------------------------------------------------------------------- */

/* A table that is being gone through. */
typedef struct level {
    const weft__group *group;
    const weft_routes *table;
    size_t next;
} level;

typedef struct lister {
    const weft_layer *layers; /* the router's */
    weft_arena *arena;
    weft__rows rows;
    size_t capacity;
    level levels[WEFT_NEST_MAX + 1];
    size_t depth;
    bool faulty;
} lister;

static weft_error add_row(lister *l, const weft__row *row)
{
    if (l->rows.len == l->capacity) {
        size_t capacity = l->capacity != 0 ? 2 * l->capacity : 16;
        weft__row *grown = WEFT_NEW_ARRAY(l->arena, weft__row, capacity);
        if (grown == NULL)
            return WEFT_NO_MEMORY;
        if (l->rows.len != 0)
            memcpy(grown, l->rows.at, l->rows.len * sizeof *grown);
        l->rows.at = grown;
        l->capacity = capacity;
    }
    l->rows.at[l->rows.len++] = *row;
    return WEFT_OK;
}

/* Prefix and path as one pattern; "/" below a prefix is the prefix itself. */
static weft_error join(weft__row *row, weft_arena *arena)
{
    weft_str prefix = row->group->prefix, own = weft_str_from(row->route->path);
    bool merged = row->route->kind == WEFT_ROW_TABLE && own.at != NULL && own.len == 0;
    row->path = prefix.len == 0 ? own : prefix;
    if (prefix.len == 0 || merged || weft_str_equal(own, WEFT_STR("/")))
        return WEFT_OK;
    if (own.len == 0 || own.at[0] != '/') {
        row->path = own;
        weft__row_fault(row, "a path starts with \"/\": write \"/%.*s\"", WEFT_STR_ARGS(own));
        return WEFT_INVALID;
    }
    row->path = weft_arena_printf(arena, "%.*s%.*s", WEFT_STR_ARGS(prefix), WEFT_STR_ARGS(own));
    return row->path.at != NULL ? WEFT_OK : WEFT_NO_MEMORY;
}

/* A prefix is a pattern that goes on: no wildcard, no "/" at its end. */
static bool check_prefix(const weft__row *row, weft_arena *arena)
{
    const weft_route *route = row->route;
    weft__pattern pattern;
    weft_str own = weft_str_from(route->path);
    if (route->path != NULL && own.len == 0)
        return true; /* merged */
    if (own.len != 0 && own.at[own.len - 1] == '/') {
        weft__row_fault(row, "a prefix does not end with \"/\": %s",
                        own.len == 1 ? "write MERGE" : "leave it out");
        return false;
    }
    if (!weft__pattern_parse(row, arena, &pattern))
        return false;
    if (memchr(pattern.shape.at, WEFT__SHAPE_WILDCARD, pattern.shape.len) != NULL) {
        weft__row_fault(row, "a prefix has no wildcard, for nothing could follow it");
        return false;
    }
    return true;
}

/* Goes into the table of a row. */
static weft_error enter(lister *l, const weft__row *row)
{
    const weft_route *route = row->route;
    if (route->table == NULL) {
        weft__row_fault(row, "there is no table");
        return WEFT_INVALID;
    }
    if (l->depth > WEFT_NEST_MAX) {
        weft__row_fault(row, "more than %d tables within tables; does one hold itself?",
                        WEFT_NEST_MAX);
        return WEFT_INVALID;
    }
    if (!check_prefix(row, l->arena))
        return WEFT_INVALID;
    weft__group *group = WEFT_NEW(l->arena, weft__group);
    if (group == NULL)
        return WEFT_NO_MEMORY;
    *group = (weft__group){.nest = route, .outer = row->group, .prefix = row->path};
    l->levels[l->depth++] = (level){.group = group, .table = route->table};
    return WEFT_OK;
}

static weft_error take(lister *l, const weft__group *group, const weft_route *route)
{
    weft__row row = {.route = route, .group = group, .path = group->prefix};
    bool fallback = route->kind == WEFT_ROW_FALLBACK || route->kind == WEFT_ROW_METHOD_FALLBACK;
    if (!fallback)
        WEFT_TRY(join(&row, l->arena));
    if (route->kind == WEFT_ROW_TABLE)
        return enter(l, &row);
    WEFT_TRY(gather_layers(&row, l->layers, l->arena));
    return add_row(l, &row);
}

weft_error weft__rows_list(const weft_router *router, weft_arena *arena, weft__rows *out)
{
    static const weft__group own = {.prefix = {"", 0}};
    lister l = {.layers = weft__router_layers(router), .arena = arena};
    l.levels[l.depth++] = (level){.group = &own, .table = &router->routes};
    while (l.depth != 0) {
        level *top = &l.levels[l.depth - 1];
        if (top->next == top->table->len) {
            l.depth--;
            continue;
        }
        weft_error error = take(&l, top->group, &top->table->at[top->next++]);
        if (error == WEFT_NO_MEMORY)
            return error;
        l.faulty = l.faulty || error != WEFT_OK;
    }
    *out = l.rows;
    return l.faulty ? WEFT_INVALID : WEFT_OK;
}
