/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Every result of a database as a status, what the client is told, and what it is not.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "exchange.h"

static const weft_db_failure failure = {
    .statement = "insert_user",
    .message = {"secret cause", 12},
    .code = 2067,
    .table = {"users", 5},
    .column = {"email", 5},
};

/* The status of `result` and the body that the client gets. */
static weft_http_status answer(exchange *x, weft_db_result result, const weft_db_failure *why,
                               const char **body)
{
    weft_db_failure copy = why ? *why : (weft_db_failure){0};
    exchange_open(x);
    weft__context_current()->db_failure = why ? &copy : NULL;
    weft_http_status status = weft_status_of_db(result);
    *body = exchange_settle(x, status);
    return status;
}

static void every_result_has_a_status(void **state)
{
    (void)state;
    static const struct {
        weft_db_result result;
        weft_http_status status;
    } cases[] = {
        {WEFT_DB_OK, 200},          {WEFT_DB_NONE, 404},      {WEFT_DB_UNIQUE, 409},
        {WEFT_DB_FOREIGN_KEY, 422}, {WEFT_DB_CHECK, 422},     {WEFT_DB_NOT_NULL, 422},
        {WEFT_DB_BUSY, 503},        {WEFT_DB_AWAY, 503},      {WEFT_DB_TIMED_OUT, 503},
        {WEFT_DB_CANCELLED, 503},   {WEFT_DB_NO_MEMORY, 500}, {WEFT_DB_VALUE, 500},
        {WEFT_DB_FAILED, 500},      {WEFT_DB_CONFLICT, 503},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        exchange x;
        const char *body;
        assert_int_equal(answer(&x, cases[i].result, &failure, &body), cases[i].status);
        if (body != NULL)
            assert_null(strstr(body, "secret"));
        assert_true(cases[i].status != 503 || strstr(body, "\"detail\":\"") != NULL);
        exchange_close(&x);
        assert_int_equal(answer(&x, cases[i].result, NULL, &body), cases[i].status);
        exchange_close(&x);
    }
}

/* What is the matter with the database, and when to ask again; nothing of the log's cause. */
static void a_want_is_named(void **state)
{
    (void)state;
    static const struct {
        weft_db_failure why;
        weft_db_result result;
        const char *detail, *again;
    } cases[] = {
        {{.result = WEFT_DB_BUSY, .pool_full = true},
         WEFT_DB_BUSY,
         "all connections to the database were in use for too long",
         "1"},
        {{.result = WEFT_DB_TIMED_OUT, .pool_full = true},
         WEFT_DB_TIMED_OUT,
         "all connections to the database were in use for too long",
         "1"},
        {{.result = WEFT_DB_BUSY}, WEFT_DB_BUSY, "the database is too busy", "1"},
        {{.result = WEFT_DB_AWAY}, WEFT_DB_AWAY, "the database cannot be reached", "1"},
        {{.result = WEFT_DB_AWAY, .in_doubt = true},
         WEFT_DB_AWAY,
         "the database did not answer; whether the change was made is not known",
         ""},
        {{.result = WEFT_DB_TIMED_OUT},
         WEFT_DB_TIMED_OUT,
         "the database did not answer in time",
         ""},
        {{.result = WEFT_DB_CANCELLED},
         WEFT_DB_CANCELLED,
         "the request was cancelled before the database answered",
         ""},
        {{.result = WEFT_DB_CONFLICT},
         WEFT_DB_CONFLICT,
         "the change ran into another one, and was not made",
         "1"},
        {{.result = WEFT_DB_AWAY, .pool_full = true, .in_doubt = true}, /* an earlier failure */
         WEFT_DB_BUSY,
         "the database is too busy",
         "1"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        exchange x;
        const char *body;
        char expected[256];
        weft_db_failure why = cases[i].why;
        why.statement = "insert_user";
        why.message = WEFT_STR("secret cause");
        snprintf(expected, sizeof expected,
                 "{\"type\":\"about:blank\",\"title\":\"Service Unavailable\",\"status\":503,"
                 "\"detail\":\"%s\"",
                 cases[i].detail);
        assert_int_equal(answer(&x, cases[i].result, &why, &body), 503);
        assert_int_equal(strncmp(body, expected, strlen(expected)), 0);
        weft_str again = weft_response_header(&x.response, "retry-after");
        assert_true(weft_str_equal(again, weft_str_from(cases[i].again)));
        exchange_close(&x);
    }
}

/* The client knows the column by the name that its body has for it. */
static void a_constraint_names_the_member_of_the_body(void **state)
{
    (void)state;
    static const weft_str keys[] = {{"full-name", 9}, {"e/mail", 6}};
    static const weft_str names[] = {{"name", 4}, {"email", 5}};
    static const weft_members members = {.keys = keys, .count = 2, .names = names};
    exchange x;
    weft_db_failure why = failure;
    exchange_open(&x);
    weft_bind_names(&x.binding, &members);
    weft__context_current()->db_failure = &why;
    const char *body = exchange_settle(&x, weft_status_of_db(WEFT_DB_UNIQUE));
    assert_non_null(strstr(body, "\"detail\":\"e/mail is already taken\""));
    assert_non_null(strstr(body, "\"pointer\":\"/e~1mail\",\"code\":\"unique\""));
    why.column = WEFT_STR("other");
    body = exchange_settle(&x, weft_status_of_db(WEFT_DB_CHECK));
    assert_non_null(strstr(body, "\"pointer\":\"/other\""));
    exchange_close(&x);
}

static void a_constraint_names_its_column(void **state)
{
    (void)state;
    exchange x;
    const char *body;
    assert_int_equal(answer(&x, WEFT_DB_UNIQUE, &failure, &body), 409);
    assert_non_null(strstr(body, "\"errors\":[{\"in\":\"body\",\"pointer\":\"/email\","
                                 "\"code\":\"unique\",\"detail\":\"is already taken\"}]"));
    exchange_close(&x);
    assert_int_equal(answer(&x, WEFT_DB_NOT_NULL, &failure, &body), 422);
    assert_non_null(strstr(body, "\"code\":\"required\""));
    exchange_close(&x);
}

static void a_constraint_without_a_column(void **state)
{
    (void)state;
    exchange x;
    const char *body;
    weft_db_failure nameless = failure;
    nameless.column = (weft_str){0};
    assert_int_equal(answer(&x, WEFT_DB_FOREIGN_KEY, &nameless, &body), 422);
    assert_null(strstr(body, "\"errors\""));
    assert_non_null(strstr(body, "a value refers to something"));
    exchange_close(&x);
}

static void outside_requests(void **state)
{
    (void)state;
    weft_db_failure copy = failure;
    weft__context_current()->db_failure = &copy;
    assert_null(weft_request_current());
    assert_int_equal(weft_status_of_db(WEFT_DB_UNIQUE), 409);
    assert_int_equal(weft_status_of_db(WEFT_DB_FAILED), 500);
    weft__context_current()->db_failure = NULL;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_result_has_a_status),
        cmocka_unit_test(a_want_is_named),
        cmocka_unit_test(a_constraint_names_its_column),
        cmocka_unit_test(a_constraint_names_the_member_of_the_body),
        cmocka_unit_test(a_constraint_without_a_column),
        cmocka_unit_test(outside_requests),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
