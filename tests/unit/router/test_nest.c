/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Tables within tables: prefixes, layers of groups and rows, fallbacks; and the policy for trailing
 * slashes.
 */
#include "ask.h"

/* ---- prefixes ------------------------------------------------------------------------------------ */

static const weft_route users[] = {
    ROW("GET", "/"),
    ROW("POST", "/"),
    ROW("GET", "/{id}"),
    ROW("GET", "/{id}/posts/{post}"),
};
static const weft_route health[] = {ROW("GET", "/health"), ROW("HEAD", "/health")};
static const weft_route api[] = {
    UNDER("/users", users),
    UNDER("/orgs/{org}/users", users),
    UNDER("", health),
    ROW("GET", "/files/{*rest}"),
};
static const weft_routes exported = WEFT_ROUTES(health);
static const weft_route outer[] = {UNDER("/api", api), UNDER("/probe", exported), ROW("GET", "/")};

static void test_prefixes(void **unused)
{
    (void)unused;
    const weft_router router = {.routes = WEFT_ROUTES(outer)};
    assert_says(&router, "GET", "/", "GET /");
    assert_says(&router, "GET", "/api/users", "GET /api/users");
    assert_says(&router, "GET", "/api/users/7", "GET /api/users/{id} id=7");
    assert_says(&router, "GET", "/api/orgs/3/users", "GET /api/orgs/{org}/users org=3");
    assert_says(&router, "GET", "/api/orgs/a%2Fb/users/7/posts/1",
                "GET /api/orgs/{org}/users/{id}/posts/{post} org=a/b id=7 post=1");
    assert_says(&router, "GET", "/api/health", "GET /api/health");
    assert_says(&router, "GET", "/probe/health", "GET /probe/health");
    assert_says(&router, "GET", "/api/files/a/b", "GET /api/files/{*rest} rest=a/b");
    assert_int_equal(ask_router(&router, "GET", "/health"), 404);
    assert_int_equal(ask_router(&router, "GET", "/users"), 404);
    assert_int_equal(ask_router(&router, "GET", "/api/users/"), 404);
    assert_int_equal(ask_router(&router, "GET", "/api"), 404);
    assert_int_equal(ask_router(&router, "DELETE", "/api/users"), 405);
    assert_text(weft_response_header(&response, "Allow"), "GET, HEAD, POST");
    assert_int_equal(ask_router(&router, "GET", "/api/orgs/%FF/users"), 400);
}

static void test_merged_tables(void **unused)
{
    (void)unused;
    static const weft_route a[] = {ROW("GET", "/x")}, b[] = {ROW("PUT", "/x")},
                            c[] = {ROW("GET", "/{y}")};
    const weft_router router = {.routes = WEFT_ROUTES(a, b, c, exported)};
    assert_says(&router, "GET", "/x", "GET /x");
    assert_says(&router, "PUT", "/x", "PUT /x");
    assert_says(&router, "GET", "/z", "GET /{y} y=z");
    assert_says(&router, "GET", "/health", "GET /health");
    assert_int_equal(ask_router(&router, "POST", "/x"), 405);
    assert_text(weft_response_header(&response, "Allow"), "GET, HEAD, PUT");
    const weft_router eight = {.routes = WEFT_ROUTES(a, b, c, exported, outer, api, users, b)};
    assert_int_equal(eight.routes.len, 8);
}

static void test_the_deepest_nest(void **unused)
{
    (void)unused;
    static const weft_route leaf[] = {ROW("GET", "/x")};
    static weft_route nests[WEFT_NEST_MAX][1];
    static weft_routes tables[WEFT_NEST_MAX];
    for (int i = 0; i < WEFT_NEST_MAX; i++) {
        tables[i] = (weft_routes){i == 0 ? leaf : nests[i - 1], 1};
        nests[i][0] = (weft_route){.kind = WEFT_ROW_TABLE, .path = "/n", .table = &tables[i]};
    }
    const weft_router router = {.routes = {nests[WEFT_NEST_MAX - 1], 1}};
    assert_says(&router, "GET", "/n/n/n/n/n/n/n/n/x", "GET /n/n/n/n/n/n/n/n/x");
}

/* ---- layers -------------------------------------------------------------------------------------- */

static const weft_route guarded[] = {
    ROW("GET", "/plain"),
    ROW("GET", "/own", .layers = WEFT_LAYERS(LETTER("d"), LETTER("e"))),
    OTHERWISE(say, .layers = WEFT_LAYERS(LETTER("f"))),
};
static const weft_route middle[] = {
    UNDER("/in", guarded, .layers = WEFT_LAYERS(LETTER("c"))),
    ROW("GET", "/beside"),
};
static const weft_route layered[] = {
    UNDER("/g", middle, .layers = WEFT_LAYERS(LETTER("b"))),
    ROW("GET", "/free"),
};

static void assert_order(const char *target, weft_http_status status, const char *expected)
{
    const weft_router router = {.layers = WEFT_LAYERS(LETTER("a")), .routes = WEFT_ROUTES(layered)};
    const weft_router bare = {.routes = router.routes};
    assert_int_equal(ask_router(&router, "GET", target), status);
    assert_string_equal(order, expected);
    assert_int_equal(ask_router(&bare, "GET", target), status);
    assert_string_equal(order, expected + 1);
}

static void test_layers_of_groups_and_rows(void **unused)
{
    (void)unused;
    assert_order("/free", 200, "a");
    assert_order("/g/beside", 200, "ab");
    assert_order("/g/in/plain", 200, "abc");
    assert_order("/g/in/own", 200, "abcde");
}

static void test_layers_of_groups_are_for_matched_routes(void **unused)
{
    (void)unused;
    assert_order("/g/nope", 404, "a");
    assert_order("/g/in/nope", 200, "af"); /* the fallback's own, not the group's */
    const weft_router router = {.layers = WEFT_LAYERS(LETTER("a")), .routes = WEFT_ROUTES(layered)};
    assert_int_equal(ask_router(&router, "PUT", "/g/in/own"), 405);
    assert_string_equal(order, "a");
    assert_int_equal(ask_router(&router, "OPTIONS", "/g/in/own"), 204);
    assert_string_equal(order, "a");
}

/* ---- fallbacks ----------------------------------------------------------------------------------- */

static weft_http_status lost(weft_request *req, weft_response *res)
{
    (void)res;
    return weft_rejectf(req, WEFT_HTTP_NOT_FOUND, "lost");
}

static weft_http_status wrong_method(weft_request *req, weft_response *res)
{
    (void)res;
    return weft_rejectf(req, WEFT_HTTP_METHOD_NOT_ALLOWED, "wrong");
}

static const weft_route inner[] = {ROW("GET", "/x"), OTHERWISE(say), OTHER_METHOD(say)};
static const weft_route fallbacks[] = {
    UNDER("/in", inner), UNDER("/orgs/{org}", inner), ROW("GET", "/y"),
    OTHERWISE(lost),     OTHER_METHOD(wrong_method),
};

static bool body_has(const char *text)
{
    return memmem(response.body.at, response.body.len, text, strlen(text)) != NULL;
}

static void test_fallbacks(void **unused)
{
    (void)unused;
    const weft_router router = {.routes = WEFT_ROUTES(fallbacks)};
    assert_says(&router, "GET", "/in", "GET -");
    assert_says(&router, "POST", "/in/", "POST -");
    assert_says(&router, "GET", "/in/a/b", "GET -");
    assert_says(&router, "GET", "/orgs/7/nope", "GET - org=7");
    assert_int_equal(ask_router(&router, "GET", "/orgs/%FF/nope"), 400);
    assert_int_equal(ask_router(&router, "GET", "/inside"), 404);
    assert_true(body_has("\"detail\":\"lost\""));
    assert_int_equal(ask_router(&router, "GET", ""), 404);
    assert_true(body_has("\"detail\":\"lost\""));
    assert_int_equal(ask_router(&router, "OPTIONS", "*"), 204);
}

static void test_method_fallbacks(void **unused)
{
    (void)unused;
    const weft_router router = {.routes = WEFT_ROUTES(fallbacks)};
    assert_int_equal(ask_router(&router, "POST", "/y"), 405);
    assert_true(body_has("\"detail\":\"wrong\""));
    assert_text(weft_response_header(&response, "Allow"), "GET, HEAD");
    assert_says(&router, "POST", "/orgs/7/x", "POST - org=7");
    assert_text(weft_response_header(&response, "Allow"), "GET, HEAD");
    assert_int_equal(ask_router(&router, "OPTIONS", "/y"), 204);
    assert_text(weft_response_header(&response, "Allow"), "GET, HEAD");
}

/* ---- trailing slashes ---------------------------------------------------------------------------- */

static const weft_route slashes[] = {
    ROW("GET", "/a"),     ROW("GET", "/b/"),        ROW("GET", "/both"),
    ROW("GET", "/both/"), ROW("GET", "/c/{id}"),    ROW("GET", "/d/{id}/"),
    ROW("GET", "//e"),    ROW("GET", "/f/{*rest}"), OTHERWISE(say),
};

static void assert_redirect(const weft_router *router, const char *target, const char *location)
{
    assert_int_equal(ask_router(router, "GET", target), WEFT_HTTP_PERMANENT_REDIRECT);
    assert_text(weft_response_header(&response, "Location"), location);
    assert_null(request.route.at);
}

static void test_redirecting_slashes(void **unused)
{
    (void)unused;
    const weft_router router = {.routes = WEFT_ROUTES(slashes),
                                .trailing_slash = WEFT_SLASH_REDIRECT};
    assert_says(&router, "GET", "/a", "GET /a");
    assert_redirect(&router, "/a/", "/a");
    assert_redirect(&router, "/b", "/b/");
    assert_redirect(&router, "/b?x=1&y=%20", "/b/?x=1&y=%20");
    assert_redirect(&router, "/c/7%2F/?q", "/c/7%2F?q");
    assert_redirect(&router, "/d/7", "/d/7/");
    assert_says(&router, "GET", "/both", "GET /both");
    assert_says(&router, "GET", "/both/", "GET /both/");
    assert_says(&router, "GET", "/f/x/", "GET /f/{*rest} rest=x/");
    assert_int_equal(ask_router(&router, "DELETE", "/a/"), WEFT_HTTP_PERMANENT_REDIRECT);
    assert_says(&router, "GET", "/a//", "GET -");
    assert_says(&router, "GET", "/", "GET -");
    assert_says(&router, "GET", "*", "GET -");
}

static void test_redirects_stay_on_this_server(void **unused)
{
    (void)unused;
    const weft_router router = {.routes = WEFT_ROUTES(slashes),
                                .trailing_slash = WEFT_SLASH_REDIRECT};
    assert_says(&router, "GET", "//e/", "GET -");
    assert_says(&router, "GET", "/c/\xC3\xA4/", "GET -"); /* no bytes for a Location */
}

static void test_ignored_slashes(void **unused)
{
    (void)unused;
    const weft_router router = {.routes = WEFT_ROUTES(slashes),
                                .trailing_slash = WEFT_SLASH_IGNORE};
    assert_says(&router, "GET", "/a/", "GET /a");
    assert_says(&router, "GET", "/b", "GET /b/");
    assert_says(&router, "GET", "/c/7/", "GET /c/{id} id=7");
    assert_says(&router, "GET", "/d/7", "GET /d/{id}/ id=7");
    assert_says(&router, "GET", "/both", "GET /both");
    assert_says(&router, "GET", "/both/", "GET /both/");
    assert_int_equal(ask_router(&router, "PUT", "/a/"), 405);
    assert_says(&router, "GET", "/a//", "GET -");
    assert_says(&router, "GET", "/", "GET -");
}

static void test_strict_slashes(void **unused)
{
    (void)unused;
    const weft_router router = {.routes = WEFT_ROUTES(slashes)};
    assert_says(&router, "GET", "/a/", "GET -");
    assert_says(&router, "GET", "/b", "GET -");
}

int main(void)
{
    setenv("WEFT_LOG", "off", 1);
    weft_arena_init(&arena, 0);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_prefixes),
        cmocka_unit_test(test_merged_tables),
        cmocka_unit_test(test_the_deepest_nest),
        cmocka_unit_test(test_layers_of_groups_and_rows),
        cmocka_unit_test(test_layers_of_groups_are_for_matched_routes),
        cmocka_unit_test(test_fallbacks),
        cmocka_unit_test(test_method_fallbacks),
        cmocka_unit_test(test_redirecting_slashes),
        cmocka_unit_test(test_redirects_stay_on_this_server),
        cmocka_unit_test(test_ignored_slashes),
        cmocka_unit_test(test_strict_slashes),
    };
    return cmocka_run_group_tests(tests, NULL, finish);
}
