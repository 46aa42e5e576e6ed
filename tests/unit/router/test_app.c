/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * How a router answers: methods, captures, layers, refusals; with requests made by hand.
 */
#include "router/router_internal.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static weft_arena arena;
static weft_request request;
static weft_response response;
static char order[64]; /* what ran, a letter each */

static weft_str body(void)
{
    return weft_buffer_str(&response.body);
}

static bool body_has(const char *text)
{
    return response.body.len != 0 &&
           memmem(response.body.at, response.body.len, text, strlen(text)) != NULL;
}

/* ---- handlers ------------------------------------------------------------------------------------ */

/* Answers with the route's name and its captures. */
static weft_http_status echo(weft_request *req, weft_response *res)
{
    weft_buffer *to = weft_response_body(res, WEFT_STR("text/plain"));
    weft_buffer_append_str(to, weft_request_method_name(req));
    weft_buffer_append(to, " ", 1);
    weft_buffer_append_str(to, weft_request_route(req));
    for (size_t i = 0; i < req->param_count; i++) {
        weft_str name = req->params[i].name;
        weft_str value = weft_request_param(
            req, weft_arena_printf(&arena, "%.*s", WEFT_STR_ARGS(name)).at);
        weft_buffer_printf(to, " %.*s=%.*s", WEFT_STR_ARGS(name), WEFT_STR_ARGS(value));
    }
    strcat(order, "h");
    return WEFT_HTTP_OK;
}

static weft_http_status conflict(weft_request *req, weft_response *res)
{
    (void)res;
    return weft_rejectf(req, WEFT_HTTP_CONFLICT, "taken");
}

static weft_http_status state_text(weft_request *req, weft_response *res)
{
    weft_buffer_append_str(weft_response_body(res, WEFT_STR("text/plain")),
                           weft_str_from(weft_request_state(req)));
    return WEFT_HTTP_OK;
}

#define ROW(m, p, fn)                                                                \
    {                                                                                \
        .method = (m), .path = (p), .handler_name = #fn, .call = (fn), .file = "t.c" \
    }

static const weft_route routes[] = {
    ROW("POST", "/users", echo),       ROW("GET", "/users", echo),
    ROW("PURGE", "/users", echo),      ROW("GET", "/users/{id}", echo),
    ROW("PUT", "/users/{name}", echo), ROW("*", "/any/{*rest}", echo),
    ROW("GET", "/any/{*rest}", echo),  ROW("HEAD", "/head", echo),
    ROW("GET", "/head", echo),         ROW("OPTIONS", "/options", echo),
    ROW("GET", "/conflict", conflict), ROW("GET", "/state", state_text),
    ROW("GET", "/two/{a}/{b}", echo),
};

/* ---- asking -------------------------------------------------------------------------------------- */

static weft_http_method method_of(const char *name)
{
    static const char *const names[] = {
#define NAME(method) #method,
        WEFT_HTTP_METHODS(NAME)
#undef NAME
    };
    for (int i = 0; i < WEFT_METHOD_OTHER; i++)
        if (strcmp(names[i], name) == 0)
            return (weft_http_method)i;
    return WEFT_METHOD_OTHER;
}

static void prepare(const char *method, const char *path)
{
    weft_arena_reset(&arena);
    weft__request_init(&request, &arena);
    weft__response_init(&response, &arena);
    request.method = method_of(method);
    request.method_name = weft_str_from(method);
    request.path = weft_str_from(path);
    order[0] = '\0';
}

static weft_http_status ask_with(const weft_layer *layers, const char *method, const char *path)
{
    weft_router router = {
        .state = "the state",
        .layers = layers,
        .routes = WEFT_ROUTES(routes),
    };
    weft__app *app = weft__app_create(&router);
    assert_non_null(app);
    prepare(method, path);
    weft__app_answer(app, &request, &response);
    weft__app_destroy(app);
    return response.status;
}

static weft_http_status ask(const char *method, const char *path)
{
    return ask_with(NULL, method, path);
}

static void assert_body(const char *expected)
{
    assert_int_equal(body().len, strlen(expected));
    assert_memory_equal(body().at, expected, strlen(expected));
}

static void assert_header(const char *name, const char *expected)
{
    weft_str value = weft_response_header(&response, name);
    assert_int_equal(value.len, strlen(expected));
    assert_memory_equal(value.at, expected, value.len);
}

/* ---- methods ------------------------------------------------------------------------------------- */

static void test_routes_answer(void **unused)
{
    (void)unused;
    assert_int_equal(ask("GET", "/users"), 200);
    assert_body("GET /users");
    assert_int_equal(ask("PURGE", "/users"), 200);
    assert_body("PURGE /users");
    assert_int_equal(ask("GET", "/state"), 200);
    assert_body("the state");
}

static void test_each_route_keeps_its_names(void **unused)
{
    (void)unused;
    assert_int_equal(ask("GET", "/users/7"), 200);
    assert_body("GET /users/{id} id=7");
    assert_int_equal(ask("PUT", "/users/7"), 200);
    assert_body("PUT /users/{name} name=7");
}

static void test_head_is_answered_by_get(void **unused)
{
    (void)unused;
    assert_int_equal(ask("HEAD", "/users/7"), 200);
    assert_body("HEAD /users/{id} id=7");
    assert_int_equal(ask("HEAD", "/head"), 200);
    assert_true(weft_str_equal(request.route, WEFT_STR("/head")));
}

static void test_any_method(void **unused)
{
    (void)unused;
    static const char *const methods[] = {"GET",    "HEAD",  "POST", "OPTIONS",
                                          "DELETE", "TRACE", "FOO"};
    for (size_t i = 0; i < sizeof methods / sizeof *methods; i++) {
        assert_int_equal(ask(methods[i], "/any/a/b"), 200);
        assert_true(body_has(" /any/{*rest} rest=a/b"));
    }
}

static void test_no_route(void **unused)
{
    (void)unused;
    assert_int_equal(ask("GET", "/nope"), 404);
    assert_true(body_has("\"status\":404"));
    assert_true(body_has("nothing answers this path"));
    assert_null(request.route.at);
    assert_int_equal(ask("GET", "/users/"), 404);
    assert_int_equal(ask("GET", ""), 404);
}

static void test_method_not_allowed(void **unused)
{
    (void)unused;
    assert_int_equal(ask("DELETE", "/users"), 405);
    assert_header("Allow", "POST, GET, HEAD, PURGE");
    assert_true(body_has("\"status\":405"));
    assert_int_equal(ask("FOO", "/users"), 405);
    assert_int_equal(ask("DELETE", "/users/7"), 405);
    assert_header("Allow", "GET, HEAD, PUT");
    assert_int_equal(request.param_count, 0);
    assert_int_equal(ask("POST", "/head"), 405);
    assert_header("Allow", "HEAD, GET");
    assert_int_equal(ask("HEAD", "/options"), 405);
    assert_header("Allow", "OPTIONS");
}

static void test_options_is_answered(void **unused)
{
    (void)unused;
    assert_int_equal(ask("OPTIONS", "/users"), 204);
    assert_header("Allow", "POST, GET, HEAD, PURGE");
    assert_int_equal(body().len, 0);
    assert_int_equal(ask("OPTIONS", "/options"), 200);
    assert_body("OPTIONS /options");
    assert_int_equal(ask("OPTIONS", "/nope"), 404);
    assert_int_equal(ask("OPTIONS", "*"), 204);
    assert_int_equal(ask("GET", "*"), 404);
}

/* ---- captures ------------------------------------------------------------------------------------ */

static void test_captures_are_decoded(void **unused)
{
    (void)unused;
    assert_int_equal(ask("GET", "/users/a%2Fb+c"), 200);
    assert_body("GET /users/{id} id=a/b+c");
    assert_int_equal(ask("GET", "/users/gr%C3%BCn"), 200);
    assert_body("GET /users/{id} id=gr\xC3\xBCn");
    assert_int_equal(ask("GET", "/users/%7e"), 200);
    assert_body("GET /users/{id} id=~");
}

static void test_captures_that_are_no_text(void **unused)
{
    (void)unused;
    static const char *const paths[] = {"/users/%FF",       "/users/%",    "/users/%4",
                                        "/users/%zz",       "/users/\xFF", "/users/%C3",
                                        "/users/%ED%A0%80", "/users/%00"};
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
        assert_int_equal(ask("GET", paths[i]), 400);
        assert_true(body_has("\"in\":\"path\",\"pointer\":\"/id\",\"code\":\"encoding\""));
        assert_string_equal(order, ""); /* no handler ran */
    }
    assert_int_equal(ask("GET", "/two/%FF/%"), 400);
    assert_true(body_has("\"pointer\":\"/a\"") && body_has("\"pointer\":\"/b\""));
}

/* ---- layers -------------------------------------------------------------------------------------- */

static weft_http_status letters(const weft_layer *self, weft_request *req, weft_response *res,
                                weft_next *next)
{
    char letter[2] = {(char)self->number};
    strcat(order, letter);
    weft_http_status status = weft_next_run(next, req, res);
    assert_int_equal(status, weft_response_status(res)); /* settled */
    strcat(order, letter);
    return status;
}

static void test_layers_run_from_the_outside_in(void **unused)
{
    (void)unused;
    const weft_layer *layers = WEFT_LAYERS({.name = "a", .run = letters, .number = 'a'},
                                           {.name = "b", .run = letters, .number = 'b'});
    assert_int_equal(ask_with(layers, "GET", "/users"), 200);
    assert_string_equal(order, "abhba");
    assert_int_equal(ask_with(layers, "GET", "/nope"), 404);
    assert_string_equal(order, "abba");
    assert_int_equal(ask_with(layers, "GET", "/conflict"), 409);
    assert_true(body_has("\"detail\":\"taken\""));
}

static weft_http_status stop(const weft_layer *self, weft_request *req, weft_response *res,
                             weft_next *next)
{
    (void)self, (void)req, (void)res, (void)next;
    return WEFT_HTTP_UNAUTHORIZED;
}

static void test_a_layer_may_answer_alone(void **unused)
{
    (void)unused;
    const weft_layer *layers = WEFT_LAYERS({.name = "a", .run = letters, .number = 'a'},
                                           {.name = "stop", .run = stop});
    assert_int_equal(ask_with(layers, "GET", "/users"), 401);
    assert_string_equal(order, "aa");
    assert_true(body_has("\"status\":401"));
}

static weft_http_status twice(const weft_layer *self, weft_request *req, weft_response *res,
                              weft_next *next)
{
    (void)self;
    weft_http_status first = weft_next_run(next, req, res);
    assert_int_equal(weft_next_run(next, req, res), 500);
    return first; /* as if nothing had happened */
}

static void test_running_the_inside_twice_is_500(void **unused)
{
    (void)unused;
    const weft_layer *layers = WEFT_LAYERS({.name = "twice", .run = twice});
    assert_int_equal(ask_with(layers, "GET", "/users"), 500);
    assert_string_equal(order, "h"); /* the handler ran once */
    assert_true(body_has("\"status\":500"));
    assert_false(body_has("GET /users"));
}

static weft_http_status forbid_afterwards(const weft_layer *self, weft_request *req,
                                          weft_response *res, weft_next *next)
{
    (void)!weft_next_run(next, req, res);
    if (self->number == 1) {
        weft_response_body_clear(res);
        weft_buffer_append_str(weft_response_body(res, WEFT_STR("text/plain")), WEFT_STR("mine"));
    }
    return WEFT_HTTP_FORBIDDEN;
}

static void test_a_failing_layer_takes_the_body_back(void **unused)
{
    (void)unused;
    const weft_layer *layers = WEFT_LAYERS({.name = "forbid", .run = forbid_afterwards});
    assert_int_equal(ask_with(layers, "GET", "/users"), 403);
    assert_true(body_has("\"status\":403"));
    assert_false(body_has("GET /users"));
    layers = WEFT_LAYERS({.name = "forbid", .run = forbid_afterwards, .number = 1});
    assert_int_equal(ask_with(layers, "GET", "/users"), 403);
    assert_body("mine");
}

static weft_http_status look_at_route(const weft_layer *self, weft_request *req, weft_response *res,
                                      weft_next *next)
{
    (void)self;
    assert_true(weft_str_equal(weft_request_route(req), WEFT_STR("/users/{id}")));
    assert_true(weft_str_equal(weft_request_param(req, "id"), WEFT_STR("7")));
    return weft_next_run(next, req, res);
}

static void test_layers_know_the_route(void **unused)
{
    (void)unused;
    assert_int_equal(
        ask_with(WEFT_LAYERS({.name = "look", .run = look_at_route}), "GET", "/users/7"), 200);
}

/* ---- refusals and the renderer ------------------------------------------------------------------- */

static void render(weft_request *req, weft_response *res, const weft_problem *problem)
{
    (void)req;
    weft_buffer_printf(weft_response_body(res, WEFT_STR("text/plain")), "%d %.*s", problem->status,
                       WEFT_STR_ARGS(problem->detail));
}

static void test_refusals_go_through_renderer_and_watchers(void **unused)
{
    (void)unused;
    weft_router router = {
        .layers = WEFT_LAYERS({.name = "a", .run = letters, .number = 'a', .watches = true},
                              {.name = "b", .run = letters, .number = 'b'},
                              {.name = "c", .run = letters, .number = 'c', .watches = true}),
        .routes = WEFT_ROUTES(routes),
        .problem = render,
    };
    weft__app *app = weft__app_create(&router);
    assert_non_null(app);
    prepare("", "");
    weft__app_refuse(app, &request, &response, WEFT_HTTP_BAD_REQUEST, "100% malformed");
    assert_int_equal(response.status, 400);
    assert_body("400 100% malformed");
    assert_string_equal(order, "acca");
    prepare("GET", "/nope");
    weft__app_answer(app, &request, &response);
    assert_body("404 nothing answers this path");
    weft__app_destroy(app);
}

static int finish(void **unused)
{
    (void)unused;
    weft_arena_reset(&arena);
    return 0;
}

int main(void)
{
    setenv("WEFT_LOG", "off", 1);
    weft_arena_init(&arena, 0);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_routes_answer),
        cmocka_unit_test(test_each_route_keeps_its_names),
        cmocka_unit_test(test_head_is_answered_by_get),
        cmocka_unit_test(test_any_method),
        cmocka_unit_test(test_no_route),
        cmocka_unit_test(test_method_not_allowed),
        cmocka_unit_test(test_options_is_answered),
        cmocka_unit_test(test_captures_are_decoded),
        cmocka_unit_test(test_captures_that_are_no_text),
        cmocka_unit_test(test_layers_run_from_the_outside_in),
        cmocka_unit_test(test_a_layer_may_answer_alone),
        cmocka_unit_test(test_running_the_inside_twice_is_500),
        cmocka_unit_test(test_a_failing_layer_takes_the_body_back),
        cmocka_unit_test(test_layers_know_the_route),
        cmocka_unit_test(test_refusals_go_through_renderer_and_watchers),
    };
    return cmocka_run_group_tests(tests, NULL, finish);
}
