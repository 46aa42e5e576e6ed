/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * What expectations say when they fail, word by word: each case runs a failing test in a child whose
 * output is read. Without cmocka's part of weft/test.h, which would end the child.
 */
#include <weft/test.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

static const weft_test_header headers[] = {{"Location", "/users/1"}};
static weft_test_response response = {
    .request = "GET /users/1", .status = 200, .headers = headers, .header_count = 1};

static weft_test_response *with(const char *body)
{
    response.body = weft_str_from(body);
    return &response;
}

/* What running the case prints; the program must end with `status`. */
static const char *printed(void (*run)(void), int status)
{
    static char text[16 << 10];
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    fflush(stdout);
    pid_t pid = fork();
    assert_int_not_equal(pid, -1);
    if (pid == 0) {
        const weft_test_case cases[] = {{"case", run}};
        dup2(ends[1], STDOUT_FILENO);
        close(ends[0]);
        exit(RUN_TESTS(cases, NULL, NULL));
    }
    close(ends[1]);
    size_t len = 0;
    for (ssize_t n = 1; n > 0; len += (size_t)n) {
        n = read(ends[0], text + len, sizeof text - 1 - len);
        assert_int_not_equal(n, -1);
    }
    close(ends[0]);
    text[len] = '\0';
    int ended;
    assert_int_equal(waitpid(pid, &ended, 0), pid);
    assert_true(WIFEXITED(ended));
    assert_int_equal(WEXITSTATUS(ended), status);
    return text;
}

#define HEAD "# t.c:7: GET /users/1: "
#define DIFF "# --- expected\n# +++ actual\n"

static void assert_tells(void (*run)(void), const char *expected)
{
    char whole[8 << 10];
    snprintf(whole, sizeof whole, "1..1\n%snot ok 1 - case\n", expected);
    assert_string_equal(printed(run, 1), whole);
}

static void right(void)
{
    EXPECT(EXPECT_STATUS(with("{\"b\": [1.0, \"\\u0061/\"], \"a\": {}}"), 200));
    EXPECT_HEADER(&response, "location", "/users/1");
    EXPECT_HEADER(&response, "Allow", NULL);
    EXPECT_JSON(&response, " {\"a\":{ } ,\"b\":[1,\"a\\/\"]} ");
    EXPECT_JSON_HAS(&response, "{\"a\":{}}");
    EXPECT_BODY(with("x"), "x");
    EXPECT_JSON(with("-1e2"), "-100.0");
    EXPECT_JSON(with("12345678901234567890123"), "12345678901234567890123");
    EXPECT(1 + 1 == 2);
}

static void test_what_is_right(void **unused)
{
    (void)unused;
    assert_string_equal(printed(right, 0), "1..1\nok 1 - case\n");
}

static void status(void)
{
    (void)weft__expect_status(with("{\"title\":\"No\"}"), 201, "t.c", 7);
}

static void header(void)
{
    (void)weft__expect_header(with(""), "Location", "/users/2", "t.c", 7);
    (void)weft__expect_header(with(""), "Location", NULL, "t.c", 7);
    (void)weft__expect_header(with(""), "Allow", "GET", "t.c", 7);
}

static void body(void)
{
    (void)weft__expect_body(with("a\nc"), "a\nb\n", "t.c", 7);
    (void)weft__expect_body(with(""), "b", "t.c", 7);
}

static void condition(void)
{
    (void)weft__expect_true(false, "1 == 2", "t.c", 7);
}

static void test_what_is_told(void **unused)
{
    (void)unused;
    assert_tells(status, HEAD "another status\n" DIFF "# - 201 Created\n# + 200 OK\n"
                              "#   {\"title\":\"No\"}\n");
    assert_tells(header, HEAD "another header\n" DIFF "# - Location: /users/2\n"
                              "# + Location: /users/1\n" HEAD "another header\n" DIFF
                              "# - no Location\n# + Location: /users/1\n" HEAD
                              "another header\n" DIFF "# - Allow: GET\n# + no Allow\n");
    assert_tells(body, HEAD "another body\n" DIFF "# - a\n# - b\n# + a\n# + c\n" HEAD
                            "another body\n" DIFF "# - b\n# + \n");
    assert_tells(condition, "# t.c:7: 1 == 2\n");
}

static void json(void)
{
    (void)weft__expect_json(
        with("{\"id\":1,\"tags\":[\"a\",\"c\"],\"by\":{\"name\":\"Eda\"},\"more\":null,\"n\":[]}"),
        "{\"by\":{\"name\":\"Ada\"},\"id\":1,\"tags\":[\"a\",\"b\",\"c\"],\"x/~y\":true,\"n\":{}}",
        false, "t.c", 7);
}

static void json_has(void)
{
    (void)weft__expect_json(with("{\"a\":1,\"b\":2}"), "{\"b\":\"2\",\"c\":3}", true, "t.c", 7);
}

static void json_root(void)
{
    (void)weft__expect_json(with("[]"), "1", false, "t.c", 7);
}

static void json_faults(void)
{
    (void)weft__expect_json(with("{}"), "{\n  a}", false, "t.c", 7);
    (void)weft__expect_json(with("oops"), "{}", false, "t.c", 7);
    (void)weft__expect_json(with(""), "{}", false, "t.c", 7);
}

static void test_json_is_told_by_pointer(void **unused)
{
    (void)unused;
    assert_tells(json, HEAD "another body\n" DIFF "# - /by/name = \"Ada\"\n"
                            "# + /by/name = \"Eda\"\n"
                            "# + /more = null\n"
                            "# - /n = {}\n"
                            "# + /n = []\n"
                            "# - /tags/1 = \"b\"\n"
                            "# + /tags/1 = \"c\"\n"
                            "# - /tags/2 = \"c\"\n"
                            "# - /x~1~0y = true\n");
    assert_tells(json_has, HEAD "another body\n" DIFF "# - /b = \"2\"\n# + /b = 2\n# - /c = 3\n");
    assert_tells(json_root, HEAD "another body\n" DIFF "# - 1\n# + []\n");
}

static void test_what_is_no_json(void **unused)
{
    (void)unused;
    const char *text = printed(json_faults, 1);
    assert_non_null(strstr(text, HEAD "what is expected is not JSON\n# line 2, column 3: "));
    assert_non_null(strstr(text, HEAD "the body is not JSON\n# line 1, column 1: "));
    assert_non_null(strstr(text, "#   oops\n"));
}

static void deep(void)
{
    char text[2 * WEFT_TEST_HEADERS_MAX * 8 + 1];
    size_t depth = sizeof text / 2;
    memset(text, '[', depth);
    memset(text + depth, ']', depth);
    text[2 * depth] = '\0';
    EXPECT_JSON(with(text), text);
}

static void test_the_deepest_json(void **unused)
{
    (void)unused;
    assert_string_equal(printed(deep, 0), "1..1\nok 1 - case\n"); /* WEFT_JSON_DEPTH */
}

static unsigned before, after;

static void count_before(void)
{
    before++;
}

static void count_after(void)
{
    after++;
    assert_int_equal(before, after);
}

static void nothing(void)
{
    assert_int_equal(before, after + 1);
}

static void test_before_and_after_each(void **unused)
{
    (void)unused;
    const weft_test_case cases[] = {TEST(nothing), TEST(nothing)};
    int out = dup(STDOUT_FILENO);
    FILE *null = fopen("/dev/null", "w");
    assert_non_null(null);
    fflush(stdout);
    dup2(fileno(null), STDOUT_FILENO);
    int result = RUN_TESTS(cases, count_before, count_after);
    fflush(stdout);
    dup2(out, STDOUT_FILENO);
    fclose(null);
    close(out);
    assert_int_equal(result, 0);
    assert_int_equal(after, 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_is_right),
        cmocka_unit_test(test_what_is_told),
        cmocka_unit_test(test_json_is_told_by_pointer),
        cmocka_unit_test(test_what_is_no_json),
        cmocka_unit_test(test_the_deepest_json),
        cmocka_unit_test(test_before_and_after_each),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
