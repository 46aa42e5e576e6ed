/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Records out of bodies and query strings, records into bodies.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "exchange.h"
#include <weft/codec.h>

/* A codec of a single number. */
static bool decode_number(weft_json_reader *reader, void *into)
{
    weft_json_read_i32(reader, into);
    return weft_json_ok(reader);
}

static void encode_number(weft_buffer *to, const void *from)
{
    weft_buffer_printf(to, "%d", *(const int32_t *)from);
}

static void encode_nothing(weft_buffer *to, const void *from)
{
    (void)from;
    to->failed = true;
}

static weft_urlencoded_result decode_pairs(weft_str text, weft_arena *arena, const char *in,
                                           weft_violations *violations, void *into)
{
    (void)arena;
    *(weft_str *)into = text;
    if (weft_str_equal(text, WEFT_STR("bad")))
        weft_violations_add(violations, in, WEFT_STR("/bad"), "type", "is bad");
    return weft_str_equal(text, WEFT_STR("broken"))  ? WEFT_URLENCODED_INVALID
           : weft_str_equal(text, WEFT_STR("large")) ? WEFT_URLENCODED_NO_MEMORY
                                                     : WEFT_URLENCODED_OK;
}

/* The status after binding `body` of `type` as JSON, 0 when it is accepted. */
static weft_http_status bind(exchange *x, const char *type, const char *body)
{
    int32_t number = 0;
    exchange_open(x);
    exchange_body(x, type, body);
    weft_bind_json(&x->binding, decode_number, &number);
    if (!weft_binding_finish(&x->binding))
        return x->binding.status;
    assert_int_equal(number, 7);
    return 0;
}

static void content_types(void **state)
{
    (void)state;
    static const struct {
        const char *type;
        weft_http_status status;
    } cases[] = {
        {"application/json", 0},
        {"Application/JSON; charset=utf-8", 0},
        {"application/json ;charset=utf-8", 0},
        {"application/problem+json", 0},
        {"application/vnd.x+JSON", 0},
        {NULL, 415},
        {"", 415},
        {"text/plain", 415},
        {"application/jsonp", 415},
        {"+json", 415},
        {"json", 415},
        {"application+json", 415},
        {"application/x-www-form-urlencoded", 415},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        exchange x;
        assert_int_equal(bind(&x, cases[i].type, "7"), cases[i].status);
        exchange_close(&x);
    }
}

static void wrong_type_is_named(void **state)
{
    (void)state;
    exchange x;
    assert_int_equal(bind(&x, "text/plain; a=b", "7"), 415);
    assert_non_null(strstr(exchange_settle(&x, 415),
                           "the Content-Type must be application/json, not text/plain\""));
    exchange_close(&x);
    assert_int_equal(bind(&x, NULL, "7"), 415);
    assert_non_null(strstr(exchange_settle(&x, 415), "the request has no Content-Type"));
    exchange_close(&x);
}

static void coded_bodies(void **state)
{
    (void)state;
    static const struct {
        const char *coding;
        weft_http_status status;
    } cases[] = {{"", 0}, {"identity", 0}, {"Identity", 0}, {"gzip", 415}, {"identity, br", 415}};
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        exchange x;
        int32_t number = 0;
        weft_str pairs;
        exchange_open(&x);
        exchange_header(&x, "content-encoding", cases[i].coding);
        exchange_body(&x, "application/json", "7");
        weft_bind_json(&x.binding, decode_number, &number);
        assert_int_equal(x.binding.status, cases[i].status);
        if (cases[i].status != 0)
            assert_non_null(strstr(exchange_settle(&x, 415), "without Content-Encoding, not as "));
        exchange_close(&x);

        exchange_open(&x);
        exchange_header(&x, "content-encoding", cases[i].coding);
        exchange_body(&x, "application/x-www-form-urlencoded", "a=1");
        weft_bind_form(&x.binding, decode_pairs, &pairs);
        assert_int_equal(x.binding.status, cases[i].status);
        exchange_close(&x);
    }
}

static void faults_have_a_place(void **state)
{
    (void)state;
    exchange x;
    assert_int_equal(bind(&x, "application/json", "\n {"), 400);
    assert_non_null(strstr(exchange_settle(&x, 400), "line 2, column "));
    exchange_close(&x);
    assert_int_equal(bind(&x, "application/json", ""), 400);
    exchange_close(&x);
}

static void wrong_shape(void **state)
{
    (void)state;
    exchange x;
    assert_int_equal(bind(&x, "application/json", "\"seven\""), 422);
    const char *body = exchange_settle(&x, 422);
    assert_non_null(
        strstr(body, "\"errors\":[{\"in\":\"body\",\"pointer\":\"\",\"code\":\"type\""));
    exchange_close(&x);
}

static void parameters_come_before_the_body(void **state)
{
    (void)state;
    exchange x;
    weft_str text;
    int32_t number = 0;
    exchange_open(&x);
    exchange_body(&x, "text/plain", "7");
    weft_bind_text(&x.binding, WEFT_IN_QUERY, "a", WEFT_REQUIRED, &text);
    weft_bind_json(&x.binding, decode_number, &number);
    assert_false(weft_binding_finish(&x.binding));
    assert_int_equal(x.binding.status, 400);
    exchange_close(&x);
}

/* What a handler is told that judges for itself. */
static void refusals_are_explained(void **state)
{
    (void)state;
    exchange x;
    weft_str text;
    const weft_problem *why;
    exchange_open(&x);
    assert_true(weft_binding_explain(&x.binding, &why));
    assert_null(why);
    weft_bind_text(&x.binding, WEFT_IN_QUERY, "a", WEFT_REQUIRED, &text);
    weft_bind_text(&x.binding, WEFT_IN_QUERY, "b", WEFT_REQUIRED, &text);
    assert_true(weft_binding_explain(&x.binding, &why));
    assert_int_equal(why->status, 400);
    assert_int_equal(why->violations->total, 2);
    assert_non_null(strstr(exchange_settle(&x, why->status), "\"pointer\":\"/b\""));
    exchange_close(&x);

    exchange_open(&x);
    x.binding.status = WEFT_HTTP_CONTENT_TOO_LARGE; /* by who reads bodies, without a problem */
    assert_true(weft_binding_explain(&x.binding, &why));
    assert_int_equal(why->status, 413);
    assert_null(why->violations);
    exchange_close(&x);

    exchange_open(&x);
    x.binding.status = WEFT_HTTP_INTERNAL_SERVER_ERROR;
    assert_false(weft_binding_explain(&x.binding, &why));
    assert_null(why);
    exchange_close(&x);
}

static weft_http_status too_large(weft_request *request)
{
    (void)request;
    return WEFT_HTTP_CONTENT_TOO_LARGE;
}

static void bodies_that_cannot_be_read(void **state)
{
    (void)state;
    exchange x;
    int32_t number = 0;
    exchange_open(&x);
    exchange_header(&x, "content-type", "application/json");
    x.request.reader = &(const weft__body_reader){.whole = too_large};
    weft_bind_json(&x.binding, decode_number, &number);
    assert_false(weft_binding_finish(&x.binding));
    assert_int_equal(x.binding.status, 413);
    exchange_close(&x);
}

static void forms(void **state)
{
    (void)state;
    static const struct {
        const char *type, *body;
        weft_http_status status;
    } cases[] = {
        {"application/x-www-form-urlencoded", "a=1", 0},
        {"application/x-www-form-urlencoded; charset=utf-8", "", 0},
        {"application/x-www-form-urlencoded", "bad", 422},
        {"application/x-www-form-urlencoded", "broken", 400},
        {"application/x-www-form-urlencoded", "large", 500},
        {"application/json", "a=1", 415},
        {NULL, "a=1", 415},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        exchange x;
        weft_str into = {0};
        exchange_open(&x);
        exchange_body(&x, cases[i].type, cases[i].body);
        weft_bind_form(&x.binding, decode_pairs, &into);
        assert_int_equal(weft_binding_finish(&x.binding), cases[i].status == 0);
        assert_int_equal(x.binding.status, cases[i].status);
        exchange_close(&x);
    }
}

static void bodies_that_may_be_absent(void **state)
{
    (void)state;
    exchange x;
    exchange_open(&x);
    assert_false(weft_bind_has_body(&x.binding));
    exchange_close(&x);
    exchange_open(&x);
    exchange_body(&x, "", "");
    assert_true(weft_bind_has_body(&x.binding));
    exchange_close(&x);

    exchange_open(&x);
    x.request.framing = WEFT__BODY_LENGTH;
    assert_false(weft_bind_has_body(&x.binding));
    x.request.content_length = 1;
    assert_true(weft_bind_has_body(&x.binding));
    x.request.framing = WEFT__BODY_CHUNKED;
    x.request.content_length = 0;
    assert_true(weft_bind_has_body(&x.binding));
    exchange_close(&x);
}

/* What is not JSON, or cannot be read, is left to who reads it. */
static void json_that_may_be_null(void **state)
{
    (void)state;
    static const struct {
        const char *type, *body;
        bool there;
    } cases[] = {
        {"application/json", "null", false}, {"application/json", " null\r\n\t", false},
        {"a/b+json", "null", false},         {"application/json", "", true},
        {"application/json", " ", true},     {"application/json", "nul", true},
        {"application/json", "null,", true}, {"application/json", "[null]", true},
        {"text/plain", "null", true},        {"", "null", true},
    };
    exchange x;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        exchange_open(&x);
        exchange_body(&x, cases[i].type, cases[i].body);
        assert_int_equal(weft_bind_has_json(&x.binding), cases[i].there);
        exchange_close(&x);
    }
    exchange_open(&x);
    assert_false(weft_bind_has_json(&x.binding));
    exchange_close(&x);
}

static void queries(void **state)
{
    (void)state;
    exchange x;
    weft_str into = {0};
    exchange_open(&x);
    x.request.query = WEFT_STR("a=1");
    weft_bind_query(&x.binding, decode_pairs, &into);
    assert_true(weft_binding_finish(&x.binding));
    assert_true(weft_str_equal(into, WEFT_STR("a=1")));
    exchange_close(&x);

    exchange_open(&x);
    x.request.query = WEFT_STR("bad");
    weft_bind_query(&x.binding, decode_pairs, &into);
    assert_false(weft_binding_finish(&x.binding));
    assert_int_equal(x.binding.status, 400);
    assert_non_null(strstr(exchange_settle(&x, 400), "{\"in\":\"query\",\"pointer\":\"/bad\""));
    exchange_close(&x);
}

static void answers(void **state)
{
    (void)state;
    static const struct {
        weft_http_status status;
        bool body;
    } cases[] = {{200, true},  {201, true},  {303, true},  {204, false},
                 {304, false}, {400, false}, {404, false}, {500, false}};
    const int32_t number = 7;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        exchange x;
        exchange_open(&x);
        assert_int_equal(weft_answer_json(&x.response, cases[i].status, encode_number, &number),
                         cases[i].status);
        assert_int_equal(x.response.body_given, cases[i].body);
        if (cases[i].body) {
            assert_true(weft_str_equal(weft_buffer_str(&x.response.body), WEFT_STR("7")));
            assert_true(weft_str_equal(x.response.content_type, WEFT_STR("application/json")));
        }
        exchange_close(&x);
    }
}

static void a_body_of_the_handlers_own_stays(void **state)
{
    (void)state;
    exchange x;
    const int32_t number = 7;
    exchange_open(&x);
    assert_int_equal(weft_response_text(&x.response, WEFT_STR("mine")), WEFT_OK);
    assert_int_equal(weft_answer_json(&x.response, WEFT_HTTP_OK, encode_number, &number), 200);
    assert_true(weft_str_equal(weft_buffer_str(&x.response.body), WEFT_STR("mine")));
    exchange_close(&x);
}

static void an_answer_without_memory(void **state)
{
    (void)state;
    exchange x;
    const int32_t number = 7;
    exchange_open(&x);
    assert_int_equal(weft_answer_json(&x.response, WEFT_HTTP_OK, encode_nothing, &number), 500);
    assert_false(x.response.body_given);
    exchange_close(&x);
}

static void as_it_is(void **state)
{
    (void)state;
    exchange x;
    weft_str text = {0};
    weft_bytes raw = {0};
    exchange_open(&x);
    exchange_body(&x, "image/png", "caf\xc3\xa9");
    weft_bind_body_text(&x.binding, &text);
    weft_bind_body_bytes(&x.binding, &raw);
    assert_true(weft_binding_finish(&x.binding));
    assert_int_equal(text.len, 5);
    assert_int_equal(raw.len, 5);
    assert_memory_equal(raw.at, "caf\xc3\xa9", 5);
    exchange_close(&x);

    exchange_open(&x);
    exchange_body(&x, NULL, "\xff");
    weft_bind_body_bytes(&x.binding, &raw);
    assert_int_equal(raw.at[0], 0xff);
    assert_int_equal(x.binding.status, 0);
    weft_bind_body_text(&x.binding, &text);
    assert_false(weft_binding_finish(&x.binding));
    assert_int_equal(x.binding.status, 400);
    assert_non_null(strstr(exchange_settle(&x, x.binding.status), "not valid UTF-8"));
    exchange_close(&x);
}

static void as_it_is_comes_last(void **state)
{
    (void)state;
    exchange x;
    weft_str text = {0};
    exchange_open(&x); /* a parameter is wrong: the body is not looked at */
    exchange_body(&x, NULL, "\xff");
    assert_false(weft_bind_text(&x.binding, WEFT_IN_COOKIE, "sid", WEFT_REQUIRED, &text));
    weft_bind_body_text(&x.binding, &text);
    assert_null(text.at);
    assert_false(weft_binding_finish(&x.binding));
    assert_int_equal(x.binding.violations.total, 1);
    exchange_close(&x);

    weft_bytes raw = {0};
    exchange_open(&x);
    x.request.reader = &(const weft__body_reader){.whole = too_large};
    weft_bind_body_bytes(&x.binding, &raw);
    assert_false(weft_binding_finish(&x.binding));
    assert_int_equal(x.binding.status, 413);
    assert_null(raw.at);
    exchange_close(&x);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(content_types),
        cmocka_unit_test(wrong_type_is_named),
        cmocka_unit_test(coded_bodies),
        cmocka_unit_test(faults_have_a_place),
        cmocka_unit_test(wrong_shape),
        cmocka_unit_test(refusals_are_explained),
        cmocka_unit_test(parameters_come_before_the_body),
        cmocka_unit_test(bodies_that_cannot_be_read),
        cmocka_unit_test(forms),
        cmocka_unit_test(as_it_is),
        cmocka_unit_test(as_it_is_comes_last),
        cmocka_unit_test(bodies_that_may_be_absent),
        cmocka_unit_test(json_that_may_be_null),
        cmocka_unit_test(queries),
        cmocka_unit_test(answers),
        cmocka_unit_test(a_body_of_the_handlers_own_stays),
        cmocka_unit_test(an_answer_without_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
