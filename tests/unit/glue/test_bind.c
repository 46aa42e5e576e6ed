/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Parameters out of path, query, header and cookies: found, missing, twice, not UTF-8, and the one answer
 * that lists all that is wrong.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "exchange.h"
#include <stdio.h>

static void assert_str(weft_str s, const char *expected)
{
    if (!weft_str_equal(s, weft_str_from(expected)))
        fail_msg("\"%.*s\" is not \"%s\"", WEFT_STR_ARGS(s), expected);
}

static void assert_violation(const exchange *x, size_t index, const char *in, const char *pointer,
                             const char *code)
{
    assert_true(index < x->binding.violations.len);
    const weft_violation *violation = &x->binding.violations.at[index];
    assert_string_equal(violation->in, in);
    assert_str(violation->pointer, pointer);
    assert_string_equal(violation->code, code);
}

static void path_is_decoded(void **state)
{
    (void)state;
    exchange x;
    weft_str text;
    exchange_open(&x);
    exchange_capture(&x, "name", "a%2Fb+c");
    assert_true(weft_bind_text(&x.binding, WEFT_IN_PATH, "name", WEFT_REQUIRED, &text));
    assert_str(text, "a/b+c");
    assert_true(weft_binding_finish(&x.binding));
    exchange_close(&x);
}

static void path_that_is_not_utf8(void **state)
{
    (void)state;
    exchange x;
    weft_str text;
    exchange_open(&x);
    exchange_capture(&x, "id", "%FF");
    assert_false(weft_bind_text(&x.binding, WEFT_IN_PATH, "id", WEFT_REQUIRED, &text));
    assert_violation(&x, 0, "path", "/id", "encoding");
    assert_false(weft_binding_finish(&x.binding));
    assert_int_equal(x.binding.status, 400);
    exchange_close(&x);
}

static void query_by_name(void **state)
{
    (void)state;
    exchange x;
    weft_str text;
    exchange_open(&x);
    x.request.query = WEFT_STR("a=1&limit=%32+0&b&empty=");
    assert_true(weft_bind_text(&x.binding, WEFT_IN_QUERY, "limit", WEFT_REQUIRED, &text));
    assert_str(text, "2 0");
    assert_true(weft_bind_text(&x.binding, WEFT_IN_QUERY, "empty", WEFT_REQUIRED, &text));
    assert_str(text, "");
    assert_true(weft_bind_text(&x.binding, WEFT_IN_QUERY, "b", WEFT_REQUIRED, &text));
    assert_str(text, "");
    text = WEFT_STR("default");
    assert_false(weft_bind_text(&x.binding, WEFT_IN_QUERY, "lim", WEFT_OPTIONALLY, &text));
    assert_false(weft_bind_text(&x.binding, WEFT_IN_HEADER, "lim", WEFT_OPTIONALLY, &text));
    assert_str(text, "default");
    assert_true(weft_binding_finish(&x.binding));
    exchange_close(&x);
}

static void all_that_is_wrong_in_one_answer(void **state)
{
    (void)state;
    exchange x;
    weft_str text;
    exchange_open(&x);
    x.request.query = WEFT_STR("twice=1&bad=%FF&twice=2&twice=3");
    assert_false(weft_bind_text(&x.binding, WEFT_IN_QUERY, "missing", WEFT_REQUIRED, &text));
    assert_false(weft_bind_text(&x.binding, WEFT_IN_QUERY, "twice", WEFT_OPTIONALLY, &text));
    assert_false(weft_bind_text(&x.binding, WEFT_IN_QUERY, "bad", WEFT_OPTIONALLY, &text));
    assert_false(weft_bind_text(&x.binding, WEFT_IN_HEADER, "x-a/b~c", WEFT_REQUIRED, &text));
    assert_int_equal(x.binding.violations.total, 4);
    assert_violation(&x, 0, "query", "/missing", "required");
    assert_violation(&x, 1, "query", "/twice", "duplicate");
    assert_violation(&x, 2, "query", "/bad", "encoding");
    assert_violation(&x, 3, "header", "/x-a~1b~0c", "required");
    assert_false(weft_binding_finish(&x.binding));
    assert_int_equal(x.binding.status, 400);

    weft_http_status status = x.binding.status;
    memset(&x.binding, 0xAA, sizeof(x.binding)); /* the handler's frame is gone */
    const char *body = exchange_settle(&x, status);
    assert_non_null(strstr(body, "{\"in\":\"query\",\"pointer\":\"/missing\",\"code\":\"required\","
                                 "\"detail\":\"is required\"}"));
    assert_non_null(strstr(body, "\"pointer\":\"/x-a~1b~0c\""));
    exchange_close(&x);
}

static void header_without_case(void **state)
{
    (void)state;
    exchange x;
    weft_str text;
    exchange_open(&x);
    exchange_header(&x, "X-Name", "J\xC3\xB6rg");
    exchange_header(&x, "x-bad", "\xFF");
    assert_true(weft_bind_text(&x.binding, WEFT_IN_HEADER, "x-name", WEFT_REQUIRED, &text));
    assert_str(text, "J\xC3\xB6rg");
    assert_false(weft_bind_text(&x.binding, WEFT_IN_HEADER, "x-none", WEFT_OPTIONALLY, &text));
    assert_int_equal(x.binding.violations.total, 0);
    assert_false(weft_bind_text(&x.binding, WEFT_IN_HEADER, "x-bad", WEFT_OPTIONALLY, &text));
    assert_violation(&x, 0, "header", "/x-bad", "encoding");
    exchange_close(&x);
}

static void cookie_by_name(void **state)
{
    (void)state;
    exchange x;
    weft_str text;
    exchange_open(&x);
    exchange_header(&x, "Cookie", "a=1; theme=\"dark\"; bad=x y");
    assert_true(weft_bind_text(&x.binding, WEFT_IN_COOKIE, "theme", WEFT_REQUIRED, &text));
    assert_str(text, "dark");
    assert_false(weft_bind_text(&x.binding, WEFT_IN_COOKIE, "Theme", WEFT_OPTIONALLY, &text));
    assert_true(x.binding.violations.total == 0);
    assert_false(weft_bind_text(&x.binding, WEFT_IN_COOKIE, "bad", WEFT_REQUIRED, &text));
    assert_violation(&x, 0, "cookie", "/bad", "required");
    assert_false(weft_binding_finish(&x.binding));
    assert_int_equal(x.binding.status, 400);
    exchange_close(&x);
}

/* The texts joined by bars. */
static void assert_texts(weft_source source, const char *name, const char *expected)
{
    char found[256] = "";
    exchange x;
    weft_array_weft_str texts;
    exchange_open(&x);
    x.request.query = WEFT_STR("id=1&other=x&id=&id=%32+3&=4");
    exchange_header(&x, "X-List", "a, \"b, \\\" c\" ,,d");
    exchange_header(&x, "X-Other", "x");
    exchange_header(&x, "x-list", " , e ");
    void *room = weft_bind_texts(&x.binding, source, name, &texts, 8, 8);
    assert_int_equal(room != NULL, texts.len != 0);
    for (size_t i = 0; i < texts.len; i++)
        snprintf(found + strlen(found), sizeof found - strlen(found), "%.*s|",
                 WEFT_STR_ARGS(texts.at[i]));
    assert_string_equal(found, expected);
    assert_true(weft_binding_finish(&x.binding));
    exchange_close(&x);
}

static void several_of_one_name(void **state)
{
    (void)state;
    assert_texts(WEFT_IN_QUERY, "id", "1||2 3|");
    assert_texts(WEFT_IN_QUERY, "none", "");
    assert_texts(WEFT_IN_HEADER, "X-list", "a|\"b, \\\" c\"|d|e|");
    assert_texts(WEFT_IN_HEADER, "x-none", "");
}

static void several_that_are_wrong(void **state)
{
    (void)state;
    exchange x;
    weft_array_weft_str texts;
    exchange_open(&x);
    x.request.query = WEFT_STR("id=1&id=%FF&id=2");
    exchange_header(&x, "X-List", "a, \xff");
    weft_bind_texts(&x.binding, WEFT_IN_QUERY, "id", &texts, 8, 8);
    weft_bind_texts(&x.binding, WEFT_IN_HEADER, "x-list", &texts, 8, 8);
    assert_int_equal(x.binding.violations.total, 2);
    assert_violation(&x, 0, "query", "/id", "encoding");
    assert_violation(&x, 1, "header", "/x-list", "encoding");
    exchange_close(&x);
    exchange_open(&x);
    weft_arena_init(&x.arena, 1);
    x.request.query = WEFT_STR("id=1");
    assert_null(weft_bind_texts(&x.binding, WEFT_IN_QUERY, "id", &texts, 8, 8));
    assert_int_equal(texts.len, 0);
    assert_int_equal(x.binding.status, 500);
    exchange_close(&x);
}

typedef struct session {
    int user;
} session;

static void what_layers_attach(void **state)
{
    (void)state;
    exchange x;
    session who = {1};
    exchange_open(&x);
    assert_null(WEFT_ATTACHED(&x.request, session));
    assert_int_equal(WEFT_ATTACH(&x.request, session, &who), WEFT_OK);
    who.user = 2;
    assert_int_equal(((const session *)weft_bind_attached(&x.binding, "session"))->user, 1);
    assert_int_equal(WEFT_ATTACH(&x.request, session, &who), WEFT_OK);
    assert_int_equal(WEFT_ATTACHED(&x.request, session)->user, 2);
    assert_true(weft_binding_finish(&x.binding));
    assert_null(weft_bind_attached(&x.binding, "other"));
    assert_false(weft_binding_finish(&x.binding));
    assert_int_equal(x.binding.status, 500);
    exchange_close(&x);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(path_is_decoded),     cmocka_unit_test(path_that_is_not_utf8),
        cmocka_unit_test(query_by_name),       cmocka_unit_test(all_that_is_wrong_in_one_answer),
        cmocka_unit_test(header_without_case), cmocka_unit_test(cookie_by_name),
        cmocka_unit_test(several_of_one_name), cmocka_unit_test(several_that_are_wrong),
        cmocka_unit_test(what_layers_attach),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
