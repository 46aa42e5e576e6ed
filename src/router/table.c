/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * router/table.c: from rows to endpoints. Rows are sorted by shape, so that the order in which they
 * were written decides nothing but the order of Allow, and conflicts are neighbours.
 */
#include "router/table.h"
#include "router/fallback.h"
#include <stdlib.h>

/* ---- checking -------------------------------------------------------------------------------- */

static weft_http_method method_of(weft_str name)
{
    static const weft_str names[] = {
#define NAME(method) {#method, sizeof(#method) - 1},
        WEFT_HTTP_METHODS(NAME)
#undef NAME
    };
    for (int i = 0; i < WEFT_METHOD_OTHER; i++) {
        if (weft_str_equal(names[i], name))
            return (weft_http_method)i;
    }
    return WEFT_METHOD_OTHER;
}

static bool is_any(const weft_route *route)
{
    return strcmp(route->method, "*") == 0;
}

static bool check_method(const weft__row *row)
{
    const weft_route *route = row->route;
    weft_str name = weft_str_from(route->method);
    if (!weft__http_token(name)) {
        weft__row_fault(row, "the method is missing or not a token: write \"GET\" or another, "
                             "or \"*\" for any");
        return false;
    }
    for (size_t i = 0; i < name.len; i++) {
        if (name.at[i] >= 'a' && name.at[i] <= 'z') {
            weft__row_fault(row,
                            "methods are written in capitals: no request has the method "
                            "\"%s\"",
                            route->method);
            return false;
        }
    }
    return true;
}

static bool check_call(const weft__row *row)
{
    const weft_route *route = row->route;
    if (route->call != NULL)
        return true;
    weft__row_fault(row, "handler %s has no generated glue: compile what weftgen writes for %s",
                    route->handler_name ? route->handler_name : "?",
                    route->file ? route->file : "its file");
    return false;
}

/* ---- sorting --------------------------------------------------------------------------------- */

static int compare_rows(const void *left, const void *right)
{
    const weft__entry *a = *(const weft__entry *const *)left,
                      *b = *(const weft__entry *const *)right;
    int order = weft__shape_compare(a->pattern.shape, b->pattern.shape);
    return order != 0 ? order : (a > b) - (a < b); /* the order in which they were written */
}

/* One past the last row with the shape of sorted[from]. */
static size_t end_of_shape(weft__entry *const *sorted, size_t from, size_t count)
{
    size_t end = from + 1;
    while (end < count && weft_str_equal(sorted[from]->pattern.shape, sorted[end]->pattern.shape))
        end++;
    return end;
}

/* Whether no two rows of one shape have one method. */
static bool check_conflicts(weft__entry *const *rows, size_t count, weft_arena *work)
{
    bool good = true;
    for (size_t i = 1; i < count; i++) {
        for (size_t earlier = 0; earlier < i; earlier++) {
            const weft__row *a = rows[earlier]->row, *b = rows[i]->row;
            if (strcmp(a->route->method, b->route->method) != 0)
                continue;
            weft__report_conflict(b, a, work);
            good = false;
            break;
        }
    }
    return good;
}

/* ---- endpoints ------------------------------------------------------------------------------- */

static bool has_method(const weft__endpoint *endpoint, const char *method)
{
    for (size_t i = 0; i < endpoint->count; i++) {
        if (strcmp(endpoint->targets[i].route->method, method) == 0)
            return true;
    }
    return false;
}

/* "GET, HEAD, POST": the rows in their order, HEAD after the GET that answers it. */
static weft_str allow_of(const weft__endpoint *endpoint, weft_arena *arena)
{
    weft_buffer allow;
    weft_buffer_init(&allow, arena);
    bool head = has_method(endpoint, "HEAD");
    for (size_t i = 0; i < endpoint->count; i++) {
        const char *method = endpoint->targets[i].route->method;
        if (strcmp(method, "*") == 0)
            continue;
        if (allow.len != 0)
            weft_buffer_append(&allow, ", ", 2);
        weft_buffer_append_str(&allow, weft_str_from(method));
        if (!head && strcmp(method, "GET") == 0)
            weft_buffer_append(&allow, ", HEAD", 6);
    }
    return weft_buffer_str(&allow);
}

static void fill_methods(weft__endpoint *endpoint)
{
    const weft__target *any = NULL;
    for (size_t i = 0; i < endpoint->count; i++) {
        const weft__target *target = &endpoint->targets[i];
        weft_http_method method = method_of(weft_str_from(target->route->method));
        if (is_any(target->route))
            any = target;
        else if (method != WEFT_METHOD_OTHER)
            endpoint->by_method[method] = target;
    }
    if (endpoint->by_method[WEFT_METHOD_HEAD] == NULL)
        endpoint->by_method[WEFT_METHOD_HEAD] = endpoint->by_method[WEFT_METHOD_GET];
    for (size_t i = 0; i < WEFT_METHOD_COUNT; i++) {
        if (endpoint->by_method[i] == NULL)
            endpoint->by_method[i] = any;
    }
}

/* The endpoint of rows that have one shape; `otherwise` answers other methods, or is NULL. */
static weft_error make_endpoint(weft__entry *const *rows, size_t count,
                                const weft__entry *otherwise, weft_arena *arena, weft__shape *out)
{
    weft__endpoint *endpoint = WEFT_NEW(arena, weft__endpoint);
    weft__target *targets = WEFT_NEW_ARRAY(arena, weft__target, count);
    if (endpoint == NULL || targets == NULL)
        return WEFT_NO_MEMORY;
    for (size_t i = 0; i < count; i++)
        WEFT_TRY(weft__target_fill(&targets[i], rows[i], arena));
    *endpoint = (weft__endpoint){.targets = targets, .count = count};
    endpoint->allow = allow_of(endpoint, arena);
    if (otherwise != NULL)
        WEFT_TRY(weft__target_make(otherwise, arena, &endpoint->otherwise));
    fill_methods(endpoint);
    out->endpoint = endpoint;
    return weft_arena_copy(arena, rows[0]->pattern.shape, &out->text) ? WEFT_OK : WEFT_NO_MEMORY;
}

const weft__target *weft__endpoint_target(const weft__endpoint *endpoint,
                                          const weft_request *request)
{
    for (size_t i = 0; request->method == WEFT_METHOD_OTHER && i < endpoint->count; i++) {
        weft_str method = weft_str_from(endpoint->targets[i].route->method);
        if (weft_str_equal(method, request->method_name) && !is_any(endpoint->targets[i].route))
            return &endpoint->targets[i];
    }
    return endpoint->by_method[request->method];
}

/* ---- compiling ------------------------------------------------------------------------------- */

/* All entries, the fallbacks behind the routes. */
typedef struct entries {
    weft__entry *at;
    weft__entry **sorted; /* the routes, by shape */
    size_t routes, fallbacks;
} entries;

static bool parse_row(const weft__row *row, weft_arena *work, weft__entry *out)
{
    out->row = row;
    out->pattern = (weft__pattern){.shape = WEFT_STR("")};
    bool fallback = row->route->kind != WEFT_ROW_ROUTE;
    bool method = fallback || check_method(row);
    bool pattern = (fallback && row->path.len == 0) ||
                   weft__pattern_parse(row, work, &out->pattern);
    bool call = check_call(row);
    return method && pattern && call;
}

/* Checks every row, so that one start names every fault. */
static bool parse_rows(weft__rows rows, weft_arena *work, entries *e)
{
    bool good = true;
    for (size_t i = 0; i < rows.len; i++) {
        if (rows.at[i].route->kind == WEFT_ROW_ROUTE) {
            e->sorted[e->routes] = &e->at[e->routes];
            good = parse_row(&rows.at[i], work, &e->at[e->routes++]) && good;
        }
    }
    for (size_t i = 0; i < rows.len; i++) {
        if (rows.at[i].route->kind != WEFT_ROW_ROUTE)
            good = parse_row(&rows.at[i], work, &e->at[e->routes + e->fallbacks++]) && good;
    }
    return good;
}

static weft_error compile_routes(const entries *e, weft_arena *work, weft_arena *arena,
                                 weft__tree *out)
{
    weft__shape *shapes = WEFT_NEW_ARRAY(work, weft__shape, e->routes);
    if (shapes == NULL)
        return WEFT_NO_MEMORY;
    size_t shape_count = 0;
    bool good = true;
    for (size_t from = 0, end; from < e->routes; from = end) {
        end = end_of_shape(e->sorted, from, e->routes);
        good = check_conflicts(&e->sorted[from], end - from, work) && good;
        const weft__entry *otherwise = weft__fallback_for_methods(e->at + e->routes, e->fallbacks,
                                                                  e->sorted[from]->pattern.shape);
        WEFT_TRY(
            make_endpoint(&e->sorted[from], end - from, otherwise, arena, &shapes[shape_count++]));
    }
    return good ? weft__tree_build(out, shapes, shape_count, arena) : WEFT_INVALID;
}

static weft_error compile(weft__rows rows, entries *e, weft_arena *work, weft_arena *arena,
                          weft__table *out)
{
    if (!parse_rows(rows, work, e))
        return WEFT_INVALID;
    if (e->routes != 0)
        qsort(e->sorted, e->routes, sizeof *e->sorted, compare_rows);
    const weft__entry *fallbacks = e->at + e->routes;
    bool good = weft__fallbacks_check(fallbacks, e->fallbacks, work);
    WEFT_TRY(compile_routes(e, work, arena, &out->tree));
    return good ? weft__fallbacks_compile(fallbacks, e->fallbacks, work, arena, out) : WEFT_INVALID;
}

weft_error weft__table_compile(weft__rows rows, weft_arena *arena, weft__table *out)
{
    weft_arena work;
    weft_arena_init(&work, 0);
    weft_error error = WEFT_NO_MEMORY;
    entries e = {.at = WEFT_NEW_ARRAY(&work, weft__entry, rows.len),
                 .sorted = WEFT_NEW_ARRAY(&work, weft__entry *, rows.len)};
    *out = (weft__table){.fallback = NULL};
    if (e.at != NULL && e.sorted != NULL)
        error = compile(rows, &e, &work, arena, out);
    weft_arena_reset(&work);
    return error;
}
