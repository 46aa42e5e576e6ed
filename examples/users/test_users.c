/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * The users API, asked in-process: each test has a database of its own. The program itself is
 * included, so that its handlers and tables are at hand.
 */
int users_main(void); /* the program's own main is not run */
#define main users_main
#include "users.c"
#undef main

#include <weft/test.h>
#include <weft/test_database.h>

static weft_test_database test;
static app_state state;
static router app;
static weft_test *api;

static void open_api(void)
{
    weft_test_database_open(&test, getenv("MIGRATIONS"));
    state = (app_state){.db = test.db};
    app = (router){.state = &state, .routes = ROUTES(users_api)};
    api = expect(weft_test_open(&app), "cannot start");
}

static void close_api(void)
{
    weft_test_close(api);
    weft_test_database_close(&test);
}

static void create(const char *json)
{
    EXPECT_STATUS(ask(api, "POST", "/users", .json = json), 201);
}

static void a_user_is_created(void)
{
    const weft_test_response *res = ask(
        api, "POST", "/users", .json = "{\"name\": \"Ada\", \"email\": \"ada@example.com\"}");
    EXPECT_STATUS(res, 201);
    EXPECT_HEADER(res, "Location", "/users/1");
    EXPECT_JSON(res, "{\"id\": 1, \"name\": \"Ada\", \"email\": \"ada@example.com\"}");
    EXPECT_BODY(ask(api, "GET", "/users/1"),
                "{\"id\":1,\"name\":\"Ada\",\"email\":\"ada@example.com\"}");
}

static void an_address_is_taken_once(void)
{
    create("{\"name\": \"Ada\", \"email\": \"ada@example.com\"}");
    const weft_test_response *res = ask(
        api, "POST", "/users", .json = "{\"name\": \"Eda\", \"email\": \"ada@example.com\"}");
    EXPECT_STATUS(res, 409);
    EXPECT_JSON_HAS(res, "{\"errors\": [{\"pointer\": \"/email\"}]}");
}

static void all_mistakes_are_told_at_once(void)
{
    const weft_test_response *res = ask(api, "POST", "/users", .json = "{\"name\": 1}");
    EXPECT_STATUS(res, 422);
    EXPECT_HEADER(res, "Content-Type", "application/problem+json");
    EXPECT_JSON_HAS(res, "{\"errors\": [{\"pointer\": \"/name\", \"code\": \"type\"},"
                         "              {\"pointer\": \"/email\", \"code\": \"required\"}]}");
}

static void a_page_ends_where_the_next_begins(void)
{
    create("{\"name\": \"Ada\", \"email\": \"ada@example.com\"}");
    create("{\"name\": \"Bea\", \"email\": \"bea@example.com\"}");
    create("{\"name\": \"Cleo\", \"email\": \"cleo@example.com\"}");
    EXPECT_JSON_HAS(ask(api, "GET", "/users?limit=2"),
                    "{\"users\": [{\"id\": 1}, {\"id\": 2}], \"next\": 2}");
    EXPECT_JSON(ask(api, "GET", "/users?limit=2&after=2"),
                "{\"users\": [{\"id\": 3, \"name\": \"Cleo\", \"email\": \"cleo@example.com\"}]}");
    EXPECT_STATUS(ask(api, "GET", "/users?limit=0"), 400);
}

static void a_user_is_replaced(void)
{
    create("{\"name\": \"Ada\", \"email\": \"ada@example.com\"}");
    EXPECT_JSON(
        ask(api, "PUT", "/users/1", .json = "{\"name\": \"A\", \"email\": \"a@example.com\"}"),
        "{\"id\": 1, \"name\": \"A\", \"email\": \"a@example.com\"}");
    EXPECT_STATUS(ask(api, "PUT", "/users/2", .json = "{\"name\": \"B\", \"email\": \"b@b.org\"}"),
                  404);
}

static void a_user_is_deleted_once(void)
{
    create("{\"name\": \"Ada\", \"email\": \"ada@example.com\"}");
    EXPECT_STATUS(ask(api, "DELETE", "/users/1"), 204);
    EXPECT_STATUS(ask(api, "DELETE", "/users/1"), 404);
    EXPECT_STATUS(ask(api, "GET", "/users/1"), 404);
}

int main(void)
{
    static const weft_test_case tests[] = {
        TEST(a_user_is_created),
        TEST(an_address_is_taken_once),
        TEST(all_mistakes_are_told_at_once),
        TEST(a_page_ends_where_the_next_begins),
        TEST(a_user_is_replaced),
        TEST(a_user_is_deleted_once),
    };
    return RUN_TESTS(tests, open_api, close_api);
}
