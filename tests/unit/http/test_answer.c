/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * whole bodies by kind, redirects, attachments.
 */
#include "http/message.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

static weft_arena arena;
static weft_response response;

static int set_up(void **unused)
{
    (void)unused;
    weft_arena_init(&arena, 0);
    weft__response_init(&response, &arena);
    return 0;
}

static int tear_down(void **unused)
{
    (void)unused;
    weft_arena_reset(&arena);
    return 0;
}

static void assert_text(weft_str s, const char *wanted)
{
    if (s.at == NULL || !weft_str_equal(s, weft_str_from(wanted)))
        fail_msg("is\n%.*s\nnot\n%s", WEFT_STR_ARGS(s), wanted);
}

static void test_bodies(void **unused)
{
    (void)unused;
    assert_int_equal(weft_response_html(&response, WEFT_STR("<p>hi")), WEFT_OK);
    assert_text(weft_response_header(&response, "content-type"), "text/html; charset=utf-8");
    assert_text(weft_buffer_str(&response.body), "<p>hi");

    char type[] = "image/png", bytes[] = {0, 1, 2};
    assert_int_equal(weft_response_bytes(&response, weft_str_from(type), (weft_str){bytes, 3}),
                     WEFT_OK);
    memset(type, 'x', 3); /* both were copied */
    memset(bytes, 'x', 3);
    assert_text(weft_response_header(&response, "content-type"), "image/png");
    assert_int_equal(response.body.len, 3);
    assert_memory_equal(response.body.at, "\0\1\2", 3);

    assert_int_equal(weft_response_bytes(&response, WEFT_STR("a/b\r\nX: y"), WEFT_STR("")),
                     WEFT_INVALID);
    assert_int_equal(weft_response_bytes(&response, WEFT_STR(""), WEFT_STR("")), WEFT_INVALID);
    assert_int_equal(response.body.len, 3); /* what was refused changed nothing */
}

static void test_redirects(void **unused)
{
    (void)unused;
    static const weft_http_status good[] = {301, 302, 303, 307, 308};
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        assert_int_equal(weft_response_redirect(&response, good[i], "/users/%d?q=a%%20b", 7),
                         good[i]);
        assert_text(weft_response_header(&response, "location"), "/users/7?q=a%20b");
    }
    weft__response_init(&response, &arena);
    static const weft_http_status bad[] = {200, 201, 300, 304, 305, 400, 0};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_int_equal(weft_response_redirect(&response, bad[i], "/"), 500);
    static const char *const locations[] = {"",        "/a b",  "/a\r\nX: y", "/caf\xc3\xa9",
                                            "/\\evil", "/a\"b", "/a<b>",      "/{x}",
                                            "/a\x7f",  "/a|b"};
    for (size_t i = 0; i < sizeof locations / sizeof *locations; i++) {
        assert_int_equal(weft_response_redirect(&response, 303, "%s", locations[i]), 500);
        assert_int_equal(weft_response_location(&response, "%s", locations[i]), WEFT_INVALID);
    }
    assert_int_equal(response.field_count, 0);
}

static void test_local_locations(void **unused)
{
    (void)unused;
    static const char *const local[] = {"/", "/a", "/a//b", "/a?next=https://x", "/@x", "/:80"};
    static const char *const foreign[] = {"",        "a",   "//evil.org",       "/\\evil.org",
                                          "\\/evil", "?a",  "https://evil.org", "///evil.org",
                                          "/\t/x",   "#a",  "javascript:x",     " /a",
                                          "/a\r\n",  "../a"};
    for (size_t i = 0; i < sizeof local / sizeof *local; i++)
        assert_true(weft_location_is_local(weft_str_from(local[i])));
    for (size_t i = 0; i < sizeof foreign / sizeof *foreign; i++)
        assert_false(weft_location_is_local(weft_str_from(foreign[i])));
    assert_false(weft_location_is_local((weft_str){"/a\0b", 4}));
}

static void test_attachments(void **unused)
{
    (void)unused;
    static const struct {
        const char *name, *value;
    } cases[] = {
        {"report.pdf", "attachment; filename=\"report.pdf\""},
        {"a b;c=d.txt", "attachment; filename=\"a b;c=d.txt\""},
        {".profile", "attachment; filename=\".profile\""},
        {"r\xc3\xa9sum\xc3\xa9.pdf",
         "attachment; filename=\"r_sum_.pdf\"; filename*=UTF-8''r%C3%A9sum%C3%A9.pdf"},
        {"100%.txt", "attachment; filename=\"100_.txt\"; filename*=UTF-8''100%25.txt"},
        {"a\"; filename=\"b",
         "attachment; filename=\"a_; filename=_b\"; filename*=UTF-8''a%22%3B%20filename%3D%22b"},
        {"\xf0\x9f\x98\x80", "attachment; filename=\"_\"; filename*=UTF-8''%F0%9F%98%80"},
        {"'(*)'\xc3\xa9",
         "attachment; filename=\"'(*)'_\"; filename*=UTF-8''%27%28%2A%29%27%C3%A9"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_int_equal(weft_response_attachment(&response, weft_str_from(cases[i].name)),
                         WEFT_OK);
        assert_text(weft_response_header(&response, "content-disposition"), cases[i].value);
    }
}

static void test_refused_attachments(void **unused)
{
    (void)unused;
    char name[WEFT_FILENAME_MAX + 1];
    memset(name, 'n', sizeof name);
    static const char *const bad[] = {"",       ".",        "..",          "a/b",  "a\\b",
                                      "a\r\nX", "a\tb",     "\x7f",        "\xff", "\xc3",
                                      "../x",   "\xc2\x85", "\xe0\x80\x80"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_int_equal(weft_response_attachment(&response, weft_str_from(bad[i])), WEFT_INVALID);
    assert_int_equal(weft_response_attachment(&response, (weft_str){"a\0b", 3}), WEFT_INVALID);
    assert_int_equal(weft_response_attachment(&response, (weft_str){name, sizeof name}),
                     WEFT_INVALID);
    assert_int_equal(response.field_count, 0);
    assert_int_equal(weft_response_attachment(&response, (weft_str){name, sizeof name - 1}),
                     WEFT_OK);
}

#define TEST(name) cmocka_unit_test_setup_teardown(test_##name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(bodies),      TEST(redirects),           TEST(local_locations),
        TEST(attachments), TEST(refused_attachments),
    };
    return cmocka_run_group_tests_name("answer", tests, NULL, NULL);
}
