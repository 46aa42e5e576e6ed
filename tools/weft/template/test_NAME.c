/*
 * @name@, asked in-process: each test has a database of its own. The program itself is included,
 * so that its handlers and tables are at hand.
 */
int program_main(void); /* the program's own main is not run */
#define main program_main
#include "@name@.c"
#undef main

#include <weft/test.h>
#include <weft/test_database.h>

static weft_test_database test;
static app_state state;
static router app;
static weft_test *client;

static void open_client(void)
{
    weft_test_database_open(&test, getenv("MIGRATIONS"));
    state = (app_state){.db = test.db};
    app = (router){.state = &state, .routes = ROUTES(api)};
    client = expect(weft_test_open(&app), "cannot start");
}

static void close_client(void)
{
    weft_test_close(client);
    weft_test_database_close(&test);
}

static void a_note_is_made(void)
{
    const weft_test_response *res = ask(client, "POST", "/notes", .json = "{\"text\": \"Weave\"}");
    EXPECT_STATUS(res, 201);
    EXPECT_HEADER(res, "Location", "/notes/1");
    EXPECT_JSON(res, "{\"id\": 1, \"text\": \"Weave\"}");
    EXPECT_JSON(ask(client, "GET", "/notes/1"), "{\"id\": 1, \"text\": \"Weave\"}");
}

static void notes_are_listed_in_their_order(void)
{
    EXPECT_STATUS(ask(client, "POST", "/notes", .json = "{\"text\": \"Warp\"}"), 201);
    EXPECT_STATUS(ask(client, "POST", "/notes", .json = "{\"text\": \"Weft\"}"), 201);
    EXPECT_JSON(ask(client, "GET", "/notes?after=1"), "[{\"id\": 2, \"text\": \"Weft\"}]");
    EXPECT_STATUS(ask(client, "GET", "/notes?limit=0"), 400);
}

static void an_empty_note_is_refused(void)
{
    const weft_test_response *res = ask(client, "POST", "/notes", .json = "{\"text\": \"\"}");
    EXPECT_STATUS(res, 422);
    EXPECT_JSON_HAS(res, "{\"errors\": [{\"pointer\": \"/text\"}]}");
}

static void a_note_that_is_not_there(void)
{
    EXPECT_STATUS(ask(client, "GET", "/notes/1"), 404);
}

static void it_lives_and_is_ready(void)
{
    EXPECT_STATUS(ask(client, "GET", "/livez"), 204);
    EXPECT_STATUS(ask(client, "GET", "/readyz"), 204);
}

int main(void)
{
@postgres@    if (getenv("DATABASE_URL") == NULL) {
@postgres@        puts("1..0 # SKIP DATABASE_URL names no PostgreSQL; weft db up starts one");
@postgres@        return EXIT_SUCCESS;
@postgres@    }
    static const weft_test_case tests[] = {
        TEST(a_note_is_made),
        TEST(notes_are_listed_in_their_order),
        TEST(an_empty_note_is_refused),
        TEST(a_note_that_is_not_there),
        TEST(it_lives_and_is_ready),
    };
    return RUN_TESTS(tests, open_client, close_client);
}
