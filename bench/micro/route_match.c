/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * bench/micro/route_match.c: nanoseconds to find the route of a path, in a small table and among
 * 1,000 routes, and to answer through the onion: bare, and with trace, timeout and compress, whose
 * lines go to stderr. Under `valgrind --tool=callgrind --toggle-collect=<case>` it counts
 * instructions; each case is a function of its own for that.
 * usage: route_match [rounds, default 2000000] 2>/dev/null
 */
#include "router/router_internal.h"
#include "router/table.h"
#include <stdio.h>
#include <stdlib.h>
#include <weft/layer.h>

enum { MANY = 1000 };

static weft_arena arena;
static weft__tree small, many;
static weft__app *app, *layered;
static weft_address peer;

static weft_http_status answer(weft_request *request, weft_response *response)
{
    (void)request, (void)response;
    return WEFT_HTTP_NO_CONTENT;
}

#define ROW(m, p)                                                            \
    {                                                                        \
        .method = (m), .path = (p), .handler_name = "answer", .call = answer \
    }

static const weft_route users[] = {
    ROW("GET", "/users"),      ROW("POST", "/users"),        ROW("GET", "/users/{id}"),
    ROW("PUT", "/users/{id}"), ROW("DELETE", "/users/{id}"), ROW("GET", "/health"),
};

static weft__tree compile(weft_routes routes)
{
    const weft_router router = {.routes = routes};
    weft__rows rows;
    weft__table table;
    if (weft__rows_list(&router, &arena, &rows) != WEFT_OK ||
        weft__table_compile(rows, &arena, &table) != WEFT_OK)
        abort();
    return table.tree;
}

/* 200 resources with five shapes each. */
static weft_routes many_routes(void)
{
    static const char *const shapes[] = {"", "/{id}", "/{id}/items", "/{id}/items/{item}",
                                         "/search"};
    static const char *const words[] = {"accounts", "books",  "carts",    "devices", "events",
                                        "files",    "groups", "invoices", "jobs",    "keys"};
    static weft_route routes[MANY];
    for (int i = 0; i < MANY; i++) {
        weft_str path = weft_arena_printf(&arena, "/api/v1/%s-%d%s", words[i / 5 % 10], i / 50,
                                          shapes[i % 5]);
        routes[i] = (weft_route)ROW("GET", path.at);
    }
    return (weft_routes){routes, MANY};
}

static void find(const weft__tree *tree, weft_str path)
{
    weft__param params[WEFT__PARAMS_MAX];
    size_t count;
    if (weft__tree_find(tree, path, params, &count) == NULL)
        abort();
}

__attribute__((noinline)) static void find_small(void)
{
    find(&small, WEFT_STR("/users/1"));
}

__attribute__((noinline)) static void find_many(void)
{
    find(&many, WEFT_STR("/api/v1/invoices-13/4711/items/12"));
}

__attribute__((noinline)) static void find_many_static(void)
{
    find(&many, WEFT_STR("/api/v1/keys-19/search"));
}

static void answer_with(const weft__app *with)
{
    weft_request request;
    weft_response response;
    weft__request_init(&request, &arena);
    weft__response_init(&response, &arena);
    request.method = WEFT_METHOD_GET;
    request.path = WEFT_STR("/users/1");
    request.method_name = WEFT_STR("GET");
    request.peer = peer;
    weft__app_answer(with, &request, &response);
    if (response.status != WEFT_HTTP_NO_CONTENT)
        abort();
}

__attribute__((noinline)) static void answer_small(void)
{
    answer_with(app);
}

__attribute__((noinline)) static void answer_layered(void)
{
    answer_with(layered);
}

static void measure(const char *name, void (*run)(void), long rounds)
{
    int64_t begin = weft_clock_now();
    for (long i = 0; i < rounds; i++)
        run();
    printf("%-18s %6.1f ns\n", name, (double)(weft_clock_now() - begin) / (double)rounds);
}

int main(int argc, char **argv)
{
    long rounds = argc > 1 ? strtol(argv[1], NULL, 10) : 2000000;
    weft_arena_init(&arena, 0);
    weft_router router = {.routes = WEFT_ROUTES(users)};
    small = compile(router.routes);
    many = compile(many_routes());
    app = weft__app_create(&router);
    weft_router with_layers = {
        .layers = WEFT_LAYERS(weft_trace(), weft_timeout(WEFT_MINUTE), weft_compress()),
        .routes = router.routes};
    layered = weft__app_create(&with_layers);
    if (app == NULL || layered == NULL || weft_address_parse("127.0.0.1:4711", &peer) != WEFT_OK)
        return 1;
    measure("find_small", find_small, rounds);
    measure("find_many", find_many, rounds);
    measure("find_many_static", find_many_static, rounds);
    measure("answer_small", answer_small, rounds);
    measure("answer_layered", answer_layered, rounds);
    weft__app_destroy(layered);
    weft__app_destroy(app);
    weft_arena_reset(&arena);
    return 0;
}
