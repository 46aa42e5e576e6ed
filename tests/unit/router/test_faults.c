/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * What a router refuses at start, and what it says: each case creates an app in a child whose log
 * the test reads.
 */
#include "router/router_internal.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

static weft_http_status answer(weft_request *request, weft_response *response)
{
    (void)request, (void)response;
    return WEFT_HTTP_OK;
}

#define ROW(m, p)                                                                                \
    {                                                                                            \
        .method = (m), .path = (p), .handler_name = "answer", .call = answer, .file = "users.c", \
        .line = __COUNTER__ % 2 + 7                                                              \
    }

/* What creating an app of the router logs; *refused says whether there was none. */
static const char *create(const weft_router *router, bool *refused)
{
    static char text[64 << 10];
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    pid_t pid = fork();
    assert_int_not_equal(pid, -1);
    if (pid == 0) {
        dup2(ends[1], STDERR_FILENO);
        close(ends[0]);
        setenv("WEFT_LOG_FORMAT", "pretty", 1);
        weft__app *app = weft__app_create(router);
        weft__app_destroy(app);
        exit(app == NULL ? 3 : 0);
    }
    close(ends[1]);
    size_t len = 0;
    for (ssize_t n = 1; n > 0; len += (size_t)n) {
        n = read(ends[0], text + len, sizeof text - 1 - len);
        assert_int_not_equal(n, -1);
    }
    close(ends[0]);
    text[len] = '\0';
    int status;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFEXITED(status));
    *refused = WEXITSTATUS(status) == 3;
    return text;
}

static void assert_refused(const weft_route *routes, size_t count, const char *expected)
{
    weft_router router = {.routes = {routes, count}};
    bool refused;
    const char *text = create(&router, &refused);
    if (strstr(text, expected) == NULL)
        fail_msg("expected: %s\nlogged:   %s", expected, text);
    assert_true(refused);
}

static void assert_path_refused(const char *path, const char *expected)
{
    weft_route route = ROW("GET", path);
    route.line = 71;
    char whole[2048];
    snprintf(whole, sizeof whole, "ERROR router: users.c:71: GET %s: %s", path ? path : "?",
             expected);
    assert_refused(&route, 1, whole);
}

static void test_malformed_patterns(void **unused)
{
    (void)unused;
    static const struct {
        const char *path, *says;
    } cases[] = {
        {NULL, "a path starts with \"/\": write \"/\"\n"},
        {"", "a path starts with \"/\": write \"/\"\n"},
        {"users", "a path starts with \"/\": write \"/users\"\n"},
        {"/users/:id", "\":id\" is not how a capture is written: write \"{id}\"\n"},
        {"/files/*rest", "\"*rest\" is not how a wildcard is written: write \"{*rest}\"\n"},
        {"/users/{}", "\"{}\" needs a name of letters, digits and \"_\": write \"{id}\"\n"},
        {"/users/{*}", "\"{*}\" needs a name of letters, digits and \"_\": write \"{*rest}\"\n"},
        {"/users/{1d}", "\"{1d}\" needs a name"},
        {"/users/{a-b}", "\"{a-b}\" needs a name"},
        {"/users/{ id }", "\"{ id }\" needs a name"},
        {"/{id}/{id}", "two captures are called \"id\": rename one\n"},
        {"/{id}/x/{*id}", "two captures are called \"id\": rename one\n"},
        {"/{*rest}/x",
         "\"{*rest}\" takes the rest of the path: it must come last, after a \"/\"\n"},
        {"/{*rest}/", "\"{*rest}\" takes the rest of the path: it must come last, after a \"/\"\n"},
        {"/a{*rest}", "\"{*rest}\" takes the rest of the path: it must come last, after a \"/\"\n"},
        {"/{*rest}.jpg", "\"{*rest}\" takes the rest of the path: it must come last"},
        {"/{a}{b}", "\"{a}{b}\" has more than one capture, or a brace without its other: write "
                    "one \"{name}\" in a segment\n"},
        {"/{a}-{b}", "\"{a}-{b}\" has more than one capture"},
        {"/{a{b}", "\"{a{b}\" needs a name"},
        {"/{id", "\"{id\" has more than one capture, or a brace without its other"},
        {"/id}", "\"id}\" has more than one capture, or a brace without its other"},
        {"/a}{id}", "\"a}{id}\" has more than one capture, or a brace without its other"},
        {"/{", "\"{\" has more than one capture, or a brace without its other"},
        {"/a b{id}", "the byte 0x20 cannot stand in a path as sent: write \"%20\""},
        {"/{id}?x", "the byte 0x3F cannot stand in a path as sent"},
        {"/a b", "the byte 0x20 cannot stand in a path as sent: write \"%20\""},
        {"/a?b=1", "the byte 0x3F cannot stand in a path as sent"},
        {"/gr\xC3\xBCn", "the byte 0xC3 cannot stand in a path as sent: write \"%C3\""},
        {"/{a}/{b}/{c}/{d}/{e}/{f}/{g}/{h}/{i}/{j}/{k}/{l}/{m}/{n}/{o}/{p}/{q}",
         "more than 16 captures in one pattern\n"},
        {"/1/2/3/4/5/6/7/8/9/0/1/2/3/4/5/6/7/8/9/0/1/2/3/4/5/6/7/8/9/0/1/2/3",
         "a path has at most 1024 bytes and 32 segments\n"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_path_refused(cases[i].path, cases[i].says);
}

static void test_the_longest_pattern(void **unused)
{
    (void)unused;
    static char path[WEFT_PATTERN_MAX + 2];
    memset(path, 'a', sizeof path - 1);
    path[0] = '/';
    weft_route route = ROW("GET", path);
    assert_refused(&route, 1, "a path has at most 1024 bytes");
    path[WEFT_PATTERN_MAX] = '\0';
    weft_router router = {.routes = {&route, 1}};
    bool refused;
    assert_string_equal(create(&router, &refused), "");
    assert_false(refused);
}

static void test_methods(void **unused)
{
    (void)unused;
    weft_route route = ROW("get", "/a");
    assert_refused(&route, 1, "methods are written in capitals: no request has the method \"get\"");
    route.method = "";
    assert_refused(&route, 1, "the method is missing or not a token");
    route.method = NULL;
    assert_refused(&route, 1, "users.c:7: ? /a: the method is missing");
    route.method = "G T";
    assert_refused(&route, 1, "the method is missing or not a token");
}

static void test_missing_glue(void **unused)
{
    (void)unused;
    weft_route route = ROW("GET", "/a");
    route.call = NULL;
    assert_refused(&route, 1,
                   "handler answer has no generated glue: compile what weftgen writes for users.c");
}

static void test_conflicts_name_both_rows(void **unused)
{
    (void)unused;
    weft_route routes[] = {ROW("GET", "/users/{id}"), ROW("POST", "/users/{id}"),
                           ROW("GET", "/users/me"), ROW("GET", "/users/{name}")};
    for (int i = 0; i < 4; i++)
        routes[i].line = 70 + i;
    assert_refused(routes, 4,
                   "users.c:73: GET /users/{name}: conflicts with GET /users/{id} (users.c:70), "
                   "which answers the same requests: remove one of them\n");
    weft_route mixed[] = {ROW("GET", "/x-{a}.jpg"), ROW("GET", "/x-{b}.jpg")};
    assert_refused(mixed, 2, "GET /x-{b}.jpg: conflicts with GET /x-{a}.jpg");
    weft_route any[] = {ROW("*", "/{*a}"), ROW("*", "/{*b}")};
    assert_refused(any, 2, "* /{*b}: conflicts with * /{*a}");
}

static void test_every_fault_is_named(void **unused)
{
    (void)unused;
    weft_route routes[] = {ROW("GET", "/:a"), ROW("GET", "b"), ROW("get", "/c{")};
    assert_refused(routes, 3, "\":a\" is not how");
    assert_refused(routes, 3, "write \"/b\"");
    assert_refused(routes, 3, "capitals");
    assert_refused(routes, 3, "brace without its other");
    weft_route conflicts[] = {ROW("GET", "/a"), ROW("GET", "/a"), ROW("PUT", "/{b}"),
                              ROW("PUT", "/{c}")};
    assert_refused(conflicts, 4, "conflicts with GET /a");
    assert_refused(conflicts, 4, "conflicts with PUT /{b}");
}

static void test_what_is_no_conflict(void **unused)
{
    (void)unused;
    weft_route routes[] = {
        ROW("GET", "/users/{id}"),    ROW("PUT", "/users/{name}"), ROW("*", "/users/{any}"),
        ROW("GET", "/users/me"),      ROW("GET", "/users/{id}/"),  ROW("GET", "/{*rest}"),
        ROW("PURGE", "/users/{id}"),  ROW("HEAD", "/users/{id}"),  ROW("GET", "/users/{id}.a"),
        ROW("GET", "/users/{id}.ab"), ROW("GET", "/users/x{id}"),  ROW("GET", "/users/x{id}.a")};
    weft_router router = {.routes = {routes, 12}};
    bool refused;
    assert_string_equal(create(&router, &refused), "");
    assert_false(refused);
}

static weft_http_status pass(const weft_layer *self, weft_request *request, weft_response *response,
                             weft_next *next)
{
    (void)self;
    return weft_next_run(next, request, response);
}

/* ---- tables within tables ------------------------------------------------------------------------ */

#define NEST(p, t)                                                                      \
    {                                                                                   \
        .kind = WEFT_ROW_TABLE, .path = (p), .table = (t), .file = "main.c", .line = 12 \
    }

static const weft_route user_rows[] = {{.method = "GET",
                                        .path = "/users/{id}",
                                        .handler_name = "answer",
                                        .call = answer,
                                        .file = "users.c",
                                        .line = 7}};
static const weft_routes users = {user_rows, 1};

static void assert_prefix_refused(const char *prefix, const char *expected)
{
    const weft_route nest = NEST(prefix, &users);
    assert_refused(&nest, 1, expected);
}

static void test_prefixes(void **unused)
{
    (void)unused;
    assert_prefix_refused("/",
                          "main.c:12: NEST /: a prefix does not end with \"/\": write MERGE\n");
    assert_prefix_refused("/a/",
                          "main.c:12: NEST /a/: a prefix does not end with \"/\": leave it out\n");
    assert_prefix_refused("a", "NEST a: a path starts with \"/\": write \"/a\"\n");
    assert_prefix_refused("/:org", "write \"{org}\"\n");
    assert_prefix_refused("/{*x}", "a prefix has no wildcard, for nothing could follow it\n");
    assert_prefix_refused("/{id}", "GET /{id}/users/{id}: two captures are called \"id\"");
    assert_prefix_refused(NULL, "NEST ?: a path starts with \"/\"");
    const weft_route none = NEST("/a", NULL);
    assert_refused(&none, 1, "main.c:12: NEST /a: there is no table\n");
}

static void test_paths_below_a_prefix(void **unused)
{
    (void)unused;
    const weft_route rows[] = {ROW("GET", "x"), ROW("GET", ""), ROW("GET", NULL)};
    const weft_routes table = {rows, 3};
    const weft_route nest = NEST("/a", &table);
    assert_refused(&nest, 1, "GET x: a path starts with \"/\": write \"/x\"\n");
    assert_refused(&nest, 1, "GET : a path starts with \"/\": write \"/\"\n");
    assert_refused(&nest, 1, "GET ?: a path starts with \"/\": write \"/\"\n");
}

static void test_a_table_that_holds_itself(void **unused)
{
    (void)unused;
    static weft_route rows[1];
    static const weft_routes table = {rows, 1};
    rows[0] = (weft_route)NEST("/a", &table);
    assert_refused(rows, 1, "more than 8 tables within tables; does one hold itself?\n");
}

static void test_conflicts_across_tables(void **unused)
{
    (void)unused;
    weft_route rows[] = {NEST("/api", &users), NEST("/api", &users), ROW("GET", "/api/users/{x}")};
    rows[1].line = 13;
    assert_refused(rows, 2,
                   "users.c:7: GET /api/users/{id}: conflicts with GET /api/users/{id} (users.c:7, "
                   "in the table of main.c:12), which answers the same requests: remove one of "
                   "them\n");
    rows[0].line = 14;
    assert_refused(
        &rows[1], 2,
        "GET /api/users/{x}: conflicts with GET /api/users/{id} (users.c:7, in the table "
        "of main.c:13)");
}

static void test_conflicts_of_fallbacks(void **unused)
{
    (void)unused;
    weft_route rows[] = {ROW(NULL, ""), ROW(NULL, ""), ROW(NULL, ""), ROW(NULL, "")};
    for (int i = 0; i < 4; i++) {
        rows[i].kind = i % 2 == 0 ? WEFT_ROW_FALLBACK : WEFT_ROW_METHOD_FALLBACK;
        rows[i].line = 20 + i;
    }
    assert_refused(rows, 4, "users.c:22: FALLBACK: conflicts with FALLBACK (users.c:20), which");
    assert_refused(rows, 4,
                   "users.c:23: METHOD_FALLBACK: conflicts with METHOD_FALLBACK (users.c:21)");
    const weft_routes tables[] = {{rows, 1}, {rows + 2, 1}};
    const weft_route nests[] = {NEST("/{a}", &tables[0]), NEST("/{b}", &tables[1])};
    assert_refused(nests, 2,
                   "FALLBACK /{b}: conflicts with FALLBACK /{a} (users.c:20, in the table");
    rows[0].call = NULL;
    assert_refused(rows, 1, "FALLBACK: handler answer has no generated glue");
}

static void test_layers(void **unused)
{
    (void)unused;
    weft_layer layers[WEFT_LAYERS_MAX + 2];
    for (size_t i = 0; i < WEFT_LAYERS_MAX + 2; i++)
        layers[i] = (weft_layer){.name = i <= WEFT_LAYERS_MAX ? "pass" : NULL, .run = pass};
    weft_router router = {.layers = layers};
    bool refused;
    assert_non_null(strstr(create(&router, &refused), "more than 32 layers"));
    assert_true(refused);
    layers[WEFT_LAYERS_MAX].name = NULL;
    assert_string_equal(create(&router, &refused), "");
    assert_false(refused);
    weft_route route = ROW("GET", "/a");
    route.layers = (const weft_layer[]){{.name = "one more", .run = pass}, {.name = NULL}};
    router.routes = (weft_routes){&route, 1};
    assert_non_null(strstr(create(&router, &refused), "GET /a: more than 32 layers"));
    assert_true(refused);
    router.layers = NULL;
    route.layers = (const weft_layer[]){{.name = "broken"}, {.name = NULL}};
    assert_non_null(strstr(create(&router, &refused), "GET /a: layer broken has no function"));
    assert_true(refused);
    router = (weft_router){.layers = layers};
    layers[1].run = NULL;
    assert_non_null(strstr(create(&router, &refused), "layer pass has no function"));
    assert_true(refused);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_malformed_patterns),
        cmocka_unit_test(test_the_longest_pattern),
        cmocka_unit_test(test_methods),
        cmocka_unit_test(test_missing_glue),
        cmocka_unit_test(test_conflicts_name_both_rows),
        cmocka_unit_test(test_every_fault_is_named),
        cmocka_unit_test(test_what_is_no_conflict),
        cmocka_unit_test(test_prefixes),
        cmocka_unit_test(test_paths_below_a_prefix),
        cmocka_unit_test(test_a_table_that_holds_itself),
        cmocka_unit_test(test_conflicts_across_tables),
        cmocka_unit_test(test_conflicts_of_fallbacks),
        cmocka_unit_test(test_layers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
