/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * cookies: what of a Cookie field is believed, what of a Set-Cookie field is sent, and that sealed
 * ones open for nobody else, under no other name, and not after their end.
 */
#include "http/message.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <weft/cookie.h>

#include <cmocka.h>

#define OLD   "an old secret of more than 32 bytes and retired"
#define FRESH "a fresh secret of more than 32 bytes as well"

static weft_arena arena;
static weft_request request;
static weft_response response;

static int set_up(void **unused)
{
    (void)unused;
    weft_arena_init(&arena, 0);
    weft__request_init(&request, &arena);
    weft__response_init(&response, &arena);
    return 0;
}

static int tear_down(void **unused)
{
    (void)unused;
    weft_arena_reset(&arena);
    return 0;
}

static void give(const char *value)
{
    request.fields[request.field_count++] = (weft__field){WEFT_STR("Cookie"), weft_str_from(value)};
}

static void assert_text(weft_str s, const char *wanted)
{
    if (wanted == NULL)
        assert_null(s.at);
    else if (s.at == NULL || !weft_str_equal(s, weft_str_from(wanted)))
        fail_msg("is\n%.*s\nnot\n%s", WEFT_STR_ARGS(s), wanted);
}

/* ---- reading -------------------------------------------------------------------------------- */

static void test_reading(void **unused)
{
    (void)unused;
    static const struct {
        const char *field, *value; /* of the cookie "a" */
    } cases[] = {
        {"a=1", "1"},
        {"b=2; a=1; c=3", "1"},
        {"b=2;a=1", "1"},
        {"b=2;\t a=1 ", "1"},
        {"a=1; a=2", "1"},
        {"a=", ""},
        {"a=\"1\"", "1"},
        {"a=\"\"", ""},
        {"a=b=c==", "b=c=="},
        {"a=!#$%&'()*+-./:<=>?@[]^_`{|}~", "!#$%&'()*+-./:<=>?@[]^_`{|}~"},
        {"", NULL},
        {"a", NULL},
        {"A=1", NULL},
        {"aa=1", NULL},
        {"=1", NULL},
        {" ; ;;", NULL},
        {"a =1", NULL},
        {"a= 1", NULL},
        {"a=1 2", NULL},
        {"a=1,2", NULL},
        {"a=\"1", NULL},
        {"a=1\"", NULL},
        {"a=\"", NULL},
        {"a=\"1\"2", NULL},
        {"a=\"1 2\"", NULL},
        {"a=1\\2", NULL},
        {"a=caf\xc3\xa9", NULL},
        {"a=\x7f", NULL},
        {"b=\"x; a=1; y\"", "1"}, /* a semicolon always separates */
        {"a=1 2; a=3", "3"},      /* the malformed one does not exist */
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        request.field_count = 0;
        give(cases[i].field);
        assert_text(weft_request_cookie(&request, "a"), cases[i].value);
    }
}

static void test_names_that_no_cookie_has(void **unused)
{
    (void)unused;
    request.fields[request.field_count++] = (weft__field){WEFT_STR("Other"), WEFT_STR("c=4")};
    give("a b=1; =2; c=3");
    assert_null(weft_request_cookie(&request, "a b").at);
    assert_null(weft_request_cookie(&request, "").at);
    assert_text(weft_request_cookie(&request, "c"), "3");
}

static void test_digits_in_domains(void **unused)
{
    (void)unused;
    const weft_cookie cookie = {.name = WEFT_STR("a"),
                                .domain = WEFT_STR("A-1.Example9.org"),
                                .path = WEFT_STR("/"),
                                .secure = true};
    assert_int_equal(weft_response_cookie_set(&response, &cookie), WEFT_OK);
}

static void test_no_memory_to_set_one(void **unused)
{
    (void)unused;
    weft_arena_init(&arena, 1);
    weft__response_init(&response, &arena);
    const weft_cookie cookie = {.name = WEFT_STR("a"), .value = WEFT_STR("1")};
    assert_int_equal(weft_response_cookie_set(&response, &cookie), WEFT_NO_MEMORY);
}

static void test_reading_several_fields(void **unused)
{
    (void)unused;
    assert_null(weft_request_cookie(&request, "a").at);
    give("b=1");
    give("a=2");
    give("a=3");
    assert_text(weft_request_cookie(&request, "a"), "2");
    assert_text(weft_request_cookie(&request, "b"), "1");
    assert_null(weft_request_cookie(&request, "").at);
    assert_null(weft_request_cookie(&request, "a b").at);
}

/* ---- setting -------------------------------------------------------------------------------- */

static void assert_set(const weft_cookie *cookie, const char *wanted)
{
    weft__response_init(&response, &arena);
    assert_int_equal(weft_response_cookie_set(&response, cookie), WEFT_OK);
    assert_text(weft_response_header(&response, "set-cookie"), wanted);
}

static void test_setting(void **unused)
{
    (void)unused;
    assert_set(&(weft_cookie){.name = WEFT_STR("a")}, "a=; Path=/; SameSite=Lax");
    assert_set(&(weft_cookie){.name = WEFT_STR("sid"),
                              .value = WEFT_STR("x=1"),
                              .path = WEFT_STR("/api"),
                              .domain = WEFT_STR("www.example.org"),
                              .max_age = WEFT_HOUR,
                              .expires = INT64_C(784111777) * WEFT_SECOND,
                              .secure = true,
                              .http_only = true,
                              .same_site = WEFT_SAME_SITE_STRICT},
               "sid=x=1; Path=/api; Domain=www.example.org; Max-Age=3600; Expires=Sun, 06 Nov 1994 "
               "08:49:37 GMT; Secure; HttpOnly; SameSite=Strict");
    assert_set(
        &(weft_cookie){
            .name = WEFT_STR("a"), .max_age = 1, .secure = true, .same_site = WEFT_SAME_SITE_NONE},
        "a=; Path=/; Max-Age=1; Secure; SameSite=None");
    assert_set(&(weft_cookie){.name = WEFT_STR("a"), .max_age = INT64_MAX},
               "a=; Path=/; Max-Age=9223372037; SameSite=Lax");
    assert_set(&(weft_cookie){.name = WEFT_STR("__Host-a"), .secure = true},
               "__Host-a=; Path=/; Secure; SameSite=Lax");
    assert_set(&(weft_cookie){.name = WEFT_STR("__Secure-a"),
                              .path = WEFT_STR("/x"),
                              .domain = WEFT_STR("a.b"),
                              .secure = true},
               "__Secure-a=; Path=/x; Domain=a.b; Secure; SameSite=Lax");
}

static void test_setting_several(void **unused)
{
    (void)unused;
    const weft_cookie one = {.name = WEFT_STR("a")}, two = {.name = WEFT_STR("b")};
    assert_int_equal(weft_response_cookie_set(&response, &one), WEFT_OK);
    assert_int_equal(weft_response_cookie_set(&response, &two), WEFT_OK);
    assert_int_equal(response.field_count, 2);
}

static void test_refused(void **unused)
{
    (void)unused;
    static char long_path[WEFT_COOKIE_ATTRIBUTE_MAX + 2];
    memset(long_path, 'p', sizeof long_path - 1);
    long_path[0] = '/';
    static char long_name[WEFT_COOKIE_MAX + 1], long_domain[300];
    memset(long_name, 'n', sizeof long_name);
    memset(long_domain, 'd', sizeof long_domain);
    for (size_t i = 50; i < sizeof long_domain; i += 50)
        long_domain[i] = '.';
#define A .name = { "a", 1 }
    static const struct {
        weft_error error;
        weft_cookie cookie;
    } cases[] = {
        {WEFT_INVALID, {.name = {"", 0}}},
        {WEFT_INVALID, {.name = {"a b", 3}}},
        {WEFT_INVALID, {.name = {"a=b", 3}}},
        {WEFT_INVALID, {.name = {"a;", 2}}},
        {WEFT_INVALID, {.name = {"a\r\n", 3}}},
        {WEFT_INVALID, {A, .value = {"x\r\nSet-Cookie: b=1", 18}}},
        {WEFT_INVALID, {A, .value = {"x\0y", 3}}},
        {WEFT_INVALID, {A, .value = {"x; Domain=evil", 14}}},
        {WEFT_INVALID, {A, .value = {"x y", 3}}},
        {WEFT_INVALID, {A, .value = {"\"x\"", 3}}},
        {WEFT_INVALID, {A, .value = {"a,b", 3}}},
        {WEFT_INVALID, {A, .value = {"a\\b", 3}}},
        {WEFT_INVALID, {A, .value = {"\xc3\xa9", 2}}},
        {WEFT_INVALID, {A, .path = {"x", 1}}},
        {WEFT_INVALID, {A, .path = {"/x; Secure", 10}}},
        {WEFT_INVALID, {A, .path = {"/x\n", 3}}},
        {WEFT_INVALID, {A, .domain = {".example.org", 12}}},
        {WEFT_INVALID, {A, .domain = {"example.org.", 12}}},
        {WEFT_INVALID, {A, .domain = {"exa mple", 8}}},
        {WEFT_INVALID, {A, .domain = {"-a.b", 4}}},
        {WEFT_INVALID, {A, .domain = {"a..b", 4}}},
        {WEFT_INVALID, {A, .domain = {"a.b;c", 5}}},
        {WEFT_INVALID, {A, .domain = {"a-.b", 4}}},
        {WEFT_INVALID, {A, .domain = {"a_b.c", 5}}},
        {WEFT_INVALID, {A, .domain = {"a{.b", 4}}},
        {WEFT_INVALID, {A, .domain = {"a@.b", 4}}},
        {WEFT_INVALID, {A, .domain = {"a:.b", 4}}},
        {WEFT_INVALID, {A, .domain = {"a/.b", 4}}},
        {WEFT_INVALID, {A, .domain = {long_name, 64}}},
        {WEFT_INVALID, {A, .domain = {long_domain, sizeof long_domain}}},
        {WEFT_INVALID, {A, .max_age = -1}},
        {WEFT_INVALID, {A, .expires = -1}},
        {WEFT_INVALID, {A, .same_site = WEFT_SAME_SITE_NONE}},
        {WEFT_INVALID, {A, .same_site = (weft_same_site)3}},
        {WEFT_INVALID, {.name = {"__Secure-a", 10}}},
        {WEFT_INVALID, {.name = {"__secure-a", 10}}},
        {WEFT_INVALID, {.name = {"__Host-a", 8}}},
        {WEFT_INVALID, {.name = {"__Host-a", 8}, .secure = true, .path = {"/x", 2}}},
        {WEFT_INVALID, {.name = {"__HOST-a", 8}, .secure = true, .domain = {"a.b", 3}}},
        {WEFT_LIMIT, {A, .path = {long_path, sizeof long_path - 1}}},
        {WEFT_LIMIT, {.name = {long_name, sizeof long_name}}},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        if (weft_response_cookie_set(&response, &cases[i].cookie) != cases[i].error)
            fail_msg("case %zu", i);
        assert_int_equal(response.field_count, 0);
    }
}

static void test_the_limit(void **unused)
{
    (void)unused;
    char value[WEFT_COOKIE_MAX];
    memset(value, 'x', sizeof value);
    weft_cookie cookie = {.name = WEFT_STR("a"), .value = {value, sizeof value - 1}};
    assert_int_equal(weft_response_cookie_set(&response, &cookie), WEFT_OK);
    cookie.value.len++;
    assert_int_equal(weft_response_cookie_set(&response, &cookie), WEFT_LIMIT);
}

static void test_removing(void **unused)
{
    (void)unused;
    assert_int_equal(
        weft_response_cookie_remove(&response, &(weft_cookie){.name = WEFT_STR("a"),
                                                              .value = WEFT_STR("kept out"),
                                                              .path = WEFT_STR("/x"),
                                                              .max_age = WEFT_HOUR}),
        WEFT_OK);
    assert_text(weft_response_header(&response, "set-cookie"),
                "a=; Path=/x; Max-Age=0; Expires=Thu, 01 Jan 1970 00:00:00 GMT; SameSite=Lax");
}

/* ---- sealing -------------------------------------------------------------------------------- */

typedef weft_error set_fn(weft_response *, const weft_cookie_keys *, const weft_cookie *);
typedef weft_str get_fn(const weft_request *, const weft_cookie_keys *, const char *);

static const struct {
    set_fn *set;
    get_fn *get;
} kinds[] = {
    {weft_response_cookie_set_signed, weft_request_cookie_signed},
    {weft_response_cookie_set_encrypted, weft_request_cookie_encrypted},
};
enum { KINDS = sizeof kinds / sizeof *kinds };

static weft_cookie_keys *keys_of(const char *secrets)
{
    weft_cookie_keys *keys = weft_cookie_keys_create(secrets);
    assert_non_null(keys);
    return keys;
}

/* What a client would send back for the cookie "sid". */
static char *sealed(set_fn *set, const weft_cookie_keys *keys, weft_cookie cookie)
{
    weft__response_init(&response, &arena);
    if (cookie.name.len == 0)
        cookie.name = WEFT_STR("sid");
    assert_int_equal(set(&response, keys, &cookie), WEFT_OK);
    weft_str field = weft_response_header(&response, "set-cookie");
    const char *end = memchr(field.at, ';', field.len);
    return (char *)(uintptr_t)weft_arena_printf(&arena, "%.*s", (int)(end - field.at), field.at).at;
}

static weft_str opened(get_fn *get, const weft_cookie_keys *keys, const char *field)
{
    request.field_count = 0;
    give(field);
    return get(&request, keys, "sid");
}

static void test_there_and_back(void **unused)
{
    (void)unused;
    weft_cookie_keys *keys = keys_of(FRESH);
    char bytes[600];
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (char)i;
    for (size_t kind = 0; kind < KINDS; kind++)
        for (size_t len = 0; len < sizeof bytes; len += len < 20 ? 1 : 37) {
            weft_cookie cookie = {.value = {bytes, len}, .max_age = WEFT_HOUR};
            weft_str value = opened(kinds[kind].get, keys, sealed(kinds[kind].set, keys, cookie));
            assert_non_null(value.at);
            assert_true(weft_str_equal(value, cookie.value));
        }
    weft_cookie_keys_destroy(keys);
}

static void test_every_change_is_noticed(void **unused)
{
    (void)unused;
    weft_cookie_keys *keys = keys_of(FRESH);
    for (size_t kind = 0; kind < KINDS; kind++) {
        char *text = sealed(kinds[kind].set, keys, (weft_cookie){.value = WEFT_STR("admin=0;")});
        size_t len = strlen(text);
        assert_text(opened(kinds[kind].get, keys, text), "admin=0;");
        for (size_t i = strlen("sid="); i < len; i++) {
            char was = text[i];
            text[i] = was == 'A' ? 'B' : 'A';
            assert_null(opened(kinds[kind].get, keys, text).at);
            text[i] = was;
        }
        for (size_t cut = strlen("sid="); cut < len; cut++) {
            const char *shorter = weft_arena_printf(&arena, "%.*s", (int)cut, text).at;
            assert_null(opened(kinds[kind].get, keys, shorter).at);
        }
        const char *longer = weft_arena_printf(&arena, "%sAAAA", text).at;
        assert_null(opened(kinds[kind].get, keys, longer).at);
    }
    weft_cookie_keys_destroy(keys);
}

static void test_bound_to_name_kind_and_key(void **unused)
{
    (void)unused;
    weft_cookie_keys *keys = keys_of(FRESH), *others = keys_of(OLD);
    for (size_t kind = 0; kind < KINDS; kind++) {
        weft_cookie cookie = {.name = WEFT_STR("uid"), .value = WEFT_STR("7")};
        char *text = sealed(kinds[kind].set, keys, cookie);
        memcpy(text, "sid", 3);
        assert_null(opened(kinds[kind].get, keys, text).at);
        cookie.name.len = 0;
        text = sealed(kinds[kind].set, keys, cookie);
        assert_text(opened(kinds[kind].get, keys, text), "7");
        assert_null(opened(kinds[1 - kind].get, keys, text).at);
        assert_null(opened(kinds[kind].get, others, text).at);
    }
    weft_cookie_keys_destroy(keys);
    weft_cookie_keys_destroy(others);
}

static void test_rotation(void **unused)
{
    (void)unused;
    weft_cookie_keys *old = keys_of(OLD), *both = keys_of(FRESH ", " OLD), *fresh = keys_of(FRESH);
    for (size_t kind = 0; kind < KINDS; kind++) {
        weft_cookie cookie = {.value = WEFT_STR("7")};
        assert_text(opened(kinds[kind].get, both, sealed(kinds[kind].set, old, cookie)), "7");
        assert_text(opened(kinds[kind].get, fresh, sealed(kinds[kind].set, both, cookie)), "7");
        assert_null(opened(kinds[kind].get, fresh, sealed(kinds[kind].set, old, cookie)).at);
    }
    weft_cookie_keys_destroy(old);
    weft_cookie_keys_destroy(both);
    weft_cookie_keys_destroy(fresh);
}

static void test_the_end(void **unused)
{
    (void)unused;
    weft_cookie_keys *keys = keys_of(FRESH);
    int64_t now = weft_clock_realtime();
    for (size_t kind = 0; kind < KINDS; kind++) {
        weft_cookie over = {.value = WEFT_STR("7"), .expires = now - WEFT_SECOND},
                    sooner = {.max_age = WEFT_HOUR, .expires = now - WEFT_SECOND},
                    never = {.max_age = INT64_MAX};
        assert_null(opened(kinds[kind].get, keys, sealed(kinds[kind].set, keys, over)).at);
        assert_null(opened(kinds[kind].get, keys, sealed(kinds[kind].set, keys, sooner)).at);
        assert_text(opened(kinds[kind].get, keys, sealed(kinds[kind].set, keys, never)), "");
    }
    weft_cookie_keys_destroy(keys);
}

static void test_what_cannot_be_sealed(void **unused)
{
    (void)unused;
    weft_cookie_keys *keys = keys_of(FRESH);
    static char large[WEFT_COOKIE_MAX];
    for (size_t kind = 0; kind < KINDS; kind++) {
        weft_cookie cookie = {.name = WEFT_STR("a"), .value = {large, sizeof large * 3 / 4}};
        assert_int_equal(kinds[kind].set(&response, keys, &cookie), WEFT_LIMIT);
        cookie.value.len = SIZE_MAX / 2;
        assert_int_equal(kinds[kind].set(&response, keys, &cookie), WEFT_LIMIT);
        cookie = (weft_cookie){.name = WEFT_STR("a b")};
        assert_int_equal(kinds[kind].set(&response, keys, &cookie), WEFT_INVALID);
        cookie = (weft_cookie){.name = WEFT_STR("a"), .max_age = -1};
        assert_int_equal(kinds[kind].set(&response, keys, &cookie), WEFT_INVALID);
        cookie = (weft_cookie){.name = WEFT_STR("__Host-a")};
        assert_int_equal(kinds[kind].set(&response, keys, &cookie), WEFT_INVALID);
    }
    assert_int_equal(response.field_count, 0);
    weft_cookie_keys_destroy(keys);
}

static void test_nonsense_does_not_open(void **unused)
{
    (void)unused;
    static const char *const texts[] = {"sid=",     "sid=A",    "sid=====", "sid=AAA",
                                        "sid=AAAA", "sid=AA*A", "sid=!!!!", "other=1"};
    weft_cookie_keys *keys = keys_of(FRESH);
    for (size_t kind = 0; kind < KINDS; kind++)
        for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
            assert_null(opened(kinds[kind].get, keys, texts[i]).at);
    weft_cookie_keys_destroy(keys);
}

static void test_secrets(void **unused)
{
    (void)unused;
    static const char *const bad[] = {NULL, "", ",", "short", FRESH ",", FRESH ",short"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_null(weft_cookie_keys_create(bad[i]));
    char many[(WEFT_COOKIE_KEYS_MAX + 1) * (WEFT_COOKIE_SECRET_MIN + 1)];
    memset(many, 'x', sizeof many);
    for (size_t i = WEFT_COOKIE_SECRET_MIN; i < sizeof many; i += WEFT_COOKIE_SECRET_MIN + 1)
        many[i] = ',';
    many[sizeof many - 1] = '\0';
    assert_null(weft_cookie_keys_create(many));
    many[sizeof many - 2 - WEFT_COOKIE_SECRET_MIN] = '\0';
    weft_cookie_keys_destroy(keys_of(many));
    weft_cookie_keys_destroy(NULL);
}

#define TEST(name) cmocka_unit_test_setup_teardown(test_##name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(reading),
        TEST(reading_several_fields),
        TEST(names_that_no_cookie_has),
        TEST(digits_in_domains),
        TEST(no_memory_to_set_one),
        TEST(setting),
        TEST(setting_several),
        TEST(refused),
        TEST(the_limit),
        TEST(removing),
        TEST(there_and_back),
        TEST(every_change_is_noticed),
        TEST(bound_to_name_kind_and_key),
        TEST(rotation),
        TEST(the_end),
        TEST(what_cannot_be_sealed),
        TEST(nonsense_does_not_open),
        TEST(secrets),
    };
    return cmocka_run_group_tests_name("cookie", tests, NULL, NULL);
}
