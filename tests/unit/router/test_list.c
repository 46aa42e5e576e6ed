/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * What weft_router_print says.
 */
#include "ask.h"

static const weft_route users[] = {
    ROW("GET", "/"),
    ROW("*", "/{id}", .layers = WEFT_LAYERS(LETTER("limit"))),
    OTHERWISE(say),
};
static const weft_route api[] = {
    UNDER("/orgs/{org}/users", users, .layers = WEFT_LAYERS(LETTER("token"), LETTER("quota"))),
    ROW("DELETE", "/"),
    OTHERWISE(say, .layers = WEFT_LAYERS(LETTER("quiet"))),
    OTHER_METHOD(say),
};

static void assert_listed(const weft_router *router, const char *expected)
{
    weft_buffer text;
    weft_buffer_init(&text, &arena);
    assert_int_equal(weft_router_print(router, &text), WEFT_OK);
    assert_text(weft_buffer_str(&text), expected);
}

static void test_with_layers(void **unused)
{
    (void)unused;
    assert_listed(
        &(weft_router){.layers = WEFT_LAYERS(LETTER("trace")), .routes = WEFT_ROUTES(api)},
        "METHOD  PATH                    HANDLER  LAYERS\n"
        "GET     /orgs/{org}/users       say      trace, token, quota\n"
        "ANY     /orgs/{org}/users/{id}  say      trace, token, quota, limit\n"
        "404     /orgs/{org}/users/*     say      trace\n"
        "DELETE  /                       say      trace\n"
        "404     /*                      say      trace, quiet\n"
        "405     /*                      say      trace\n");
}

static void test_without_layers(void **unused)
{
    (void)unused;
    static const weft_route one[] = {ROW("GET", "/x")};
    assert_listed(&(weft_router){.routes = WEFT_ROUTES(one)}, "METHOD  PATH  HANDLER  LAYERS\n"
                                                              "GET     /x    say\n");
    assert_listed(&(weft_router){.routes = {NULL, 0}}, "METHOD  PATH  HANDLER  LAYERS\n");
}

static void test_refused(void **unused)
{
    (void)unused;
    static const weft_route twice[] = {ROW("GET", "/x"), ROW("GET", "/x")};
    const weft_router router = {.routes = WEFT_ROUTES(twice)};
    weft_buffer text;
    weft_buffer_init(&text, &arena);
    assert_int_equal(weft_router_print(&router, &text), WEFT_INVALID);
    assert_int_equal(text.len, 0);
}

int main(void)
{
    setenv("WEFT_LOG", "off", 1);
    weft_arena_init(&arena, 0);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_with_layers),
        cmocka_unit_test(test_without_layers),
        cmocka_unit_test(test_refused),
    };
    return cmocka_run_group_tests(tests, NULL, finish);
}
