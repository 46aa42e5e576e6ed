/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * router/table.c: from rows to endpoints. Rows are sorted by shape, so that the order in which they
 * were written decides nothing but the order of Allow, and conflicts are neighbours.
 */
#include "router/table.h"
#include "router/pattern.h"
#include <stdlib.h>

/* A row while it is compiled. */
typedef struct entry {
    const weft_route *route;
    weft__pattern pattern;
} entry;

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

static bool check_method(const weft_route *route)
{
    weft_str name = weft_str_from(route->method);
    if (!weft__http_token(name)) {
        weft__route_fault(route, "the method is missing or not a token: write \"GET\" or another, "
                                 "or \"*\" for any");
        return false;
    }
    for (size_t i = 0; i < name.len; i++) {
        if (name.at[i] >= 'a' && name.at[i] <= 'z') {
            weft__route_fault(route,
                              "methods are written in capitals: no request has the method "
                              "\"%s\"",
                              route->method);
            return false;
        }
    }
    return true;
}

static bool check_call(const weft_route *route)
{
    if (route->call != NULL)
        return true;
    weft__route_fault(route, "handler %s has no generated glue: compile what weftgen writes for %s",
                      route->handler_name ? route->handler_name : "?",
                      route->file ? route->file : "its file");
    return false;
}

/* ---- sorting --------------------------------------------------------------------------------- */

static int compare_rows(const void *left, const void *right)
{
    const entry *a = *(const entry *const *)left, *b = *(const entry *const *)right;
    int order = weft__shape_compare(a->pattern.shape, b->pattern.shape);
    return order != 0 ? order : (a > b) - (a < b); /* the order in which they were written */
}

/* One past the last row with the shape of sorted[from]. */
static size_t end_of_shape(entry *const *sorted, size_t from, size_t count)
{
    size_t end = from + 1;
    while (end < count && weft_str_equal(sorted[from]->pattern.shape, sorted[end]->pattern.shape))
        end++;
    return end;
}

/* Whether no two rows of one shape have one method. */
static bool check_conflicts(entry *const *rows, size_t count)
{
    bool good = true;
    for (size_t i = 1; i < count; i++) {
        for (size_t earlier = 0; earlier < i; earlier++) {
            const weft_route *a = rows[earlier]->route, *b = rows[i]->route;
            if (strcmp(a->method, b->method) != 0)
                continue;
            weft__route_fault(b,
                              "conflicts with %s %s (%s:%d), which answers the same requests: "
                              "remove one of them",
                              a->method, a->path, a->file ? a->file : "?", a->line);
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

static weft_error make_target(weft__target *target, const entry *row, weft_arena *arena)
{
    size_t count = row->pattern.name_count;
    weft_str *names = WEFT_NEW_ARRAY(arena, weft_str, count);
    if (names == NULL)
        return WEFT_NO_MEMORY;
    memcpy(names, row->pattern.names, count * sizeof *names);
    *target = (weft__target){row->route, weft_str_from(row->route->path), names};
    return WEFT_OK;
}

/* The endpoint of rows that have one shape. */
static weft_error make_endpoint(entry *const *rows, size_t count, weft_arena *arena,
                                weft__shape *out)
{
    weft__endpoint *endpoint = WEFT_NEW(arena, weft__endpoint);
    weft__target *targets = WEFT_NEW_ARRAY(arena, weft__target, count);
    if (endpoint == NULL || targets == NULL)
        return WEFT_NO_MEMORY;
    for (size_t i = 0; i < count; i++)
        WEFT_TRY(make_target(&targets[i], rows[i], arena));
    *endpoint = (weft__endpoint){.targets = targets, .count = count};
    endpoint->allow = allow_of(endpoint, arena);
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

/* Checks every row, so that one start names every fault. */
static bool parse_rows(weft_routes routes, weft_arena *work, entry *rows, entry **sorted)
{
    bool good = true;
    for (size_t i = 0; i < routes.len; i++) {
        rows[i].route = &routes.at[i];
        sorted[i] = &rows[i];
        bool method = check_method(&routes.at[i]);
        bool pattern = weft__pattern_parse(&routes.at[i], work, &rows[i].pattern);
        bool call = check_call(&routes.at[i]);
        good = good && method && pattern && call;
    }
    return good;
}

static weft_error compile(entry *const *sorted, size_t count, weft_arena *work, weft_arena *arena,
                          weft__tree *out)
{
    weft__shape *shapes = WEFT_NEW_ARRAY(work, weft__shape, count);
    if (shapes == NULL)
        return WEFT_NO_MEMORY;
    size_t shape_count = 0;
    bool good = true;
    for (size_t from = 0, end; from < count; from = end) {
        end = end_of_shape(sorted, from, count);
        good = check_conflicts(&sorted[from], end - from) && good;
        WEFT_TRY(make_endpoint(&sorted[from], end - from, arena, &shapes[shape_count++]));
    }
    return good ? weft__tree_build(out, shapes, shape_count, arena) : WEFT_INVALID;
}

weft_error weft__table_compile(weft_routes routes, weft_arena *arena, weft__tree *out)
{
    weft_arena work;
    weft_arena_init(&work, 0);
    weft_error error = WEFT_NO_MEMORY;
    entry *rows = WEFT_NEW_ARRAY(&work, entry, routes.len);
    entry **sorted = WEFT_NEW_ARRAY(&work, entry *, routes.len);
    if (rows == NULL || sorted == NULL)
        goto done;
    error = WEFT_INVALID;
    if (!parse_rows(routes, &work, rows, sorted))
        goto done;
    if (routes.len != 0)
        qsort(sorted, routes.len, sizeof *sorted, compare_rows);
    error = compile(sorted, routes.len, &work, arena, out);
done:
    weft_arena_reset(&work);
    return error;
}
