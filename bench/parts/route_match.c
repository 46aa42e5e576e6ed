/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * bench/parts/route_match: the route of a path found, in a small table and among 1,000 routes; and
 * an answer through the onion: bare, and with trace, timeout and compress, whose lines go to
 * stderr.
 */
#include <stdlib.h>
#include <weft/layer.h>

#include "measure.h"
#include "router/router_internal.h"
#include "router/table.h"

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

static void find(const weft__tree *tree, weft_str path, unsigned times)
{
    weft__param params[WEFT__PARAMS_MAX];
    size_t count;
    for (unsigned i = 0; i < times; i++)
        if (weft__tree_find(tree, path, params, &count, NULL) == NULL)
            abort();
}

static void find_small(unsigned times)
{
    find(&small, WEFT_STR("/users/1"), times);
}

static void find_many(unsigned times)
{
    find(&many, WEFT_STR("/api/v1/invoices-13/4711/items/12"), times);
}

static void find_many_static(unsigned times)
{
    find(&many, WEFT_STR("/api/v1/keys-19/search"), times);
}

static void answer_with(const weft__app *with, unsigned times)
{
    for (unsigned i = 0; i < times; i++) {
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
}

static void answer_small(unsigned times)
{
    answer_with(app, times);
}

static void answer_layered(unsigned times)
{
    answer_with(layered, times);
}

int main(void)
{
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
    measure("route found among 6", find_small, 500000);
    measure("route of 2 parameters found among 1,000", find_many, 500000);
    measure("route without parameters found among 1,000", find_many_static, 500000);
    measure("answer through the router", answer_small, 200000);
    measure("answer through trace, timeout and compress", answer_layered, 50000);
    weft__app_destroy(layered);
    weft__app_destroy(app);
    weft_arena_reset(&arena);
    return 0;
}
