/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * tests/unit/http/test_suites.c: the request cases of llhttp and gunicorn (in $WEFT_SUITES), at the
 * level of the parser: whole, byte by byte, and cut in two at every offset.
 */
#include "session.h"
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

typedef struct suite_case {
    weft_str id, expect, basis, bytes, requests, close, record;
} suite_case;

static bool is(weft_str s, const char *text)
{
    return weft_str_equal(s, weft_str_from(text));
}

/* What the suites leave open: run and compared cut by cut, but the verdict is not asserted. By
 * `basis`, "choice" means that both answers are right, "policy" that the case rests on gunicorn's
 * own limits and settings. No other case is exempt. */
static bool is_open(const suite_case *c)
{
    return is(c->basis, "choice") || is(c->basis, "policy");
}

/* ---- reading -------------------------------------------------------------------------------- */

static bool read_string(FILE *in, weft_arena *arena, weft_str *out)
{
    unsigned char size[4];
    if (fread(size, 1, sizeof size, in) != sizeof size)
        return false;
    size_t len = (size_t)size[0] | (size_t)size[1] << 8 | (size_t)size[2] << 16;
    char *at = weft_arena_alloc(arena, len + 1, 1);
    assert_non_null(at);
    assert_int_equal(fread(at, 1, len, in), len);
    at[len] = '\0';
    *out = (weft_str){at, len};
    return true;
}

static bool read_case(FILE *in, weft_arena *arena, suite_case *c)
{
    return read_string(in, arena, &c->id) && read_string(in, arena, &c->expect) &&
           read_string(in, arena, &c->basis) && read_string(in, arena, &c->bytes) &&
           read_string(in, arena, &c->requests) && read_string(in, arena, &c->close) &&
           read_string(in, arena, &c->record);
}

/* ---- asserting ------------------------------------------------------------------------------ */

static void assert_accepted(const suite_case *c, const session *s)
{
    if (s->phase == AT_FAULT)
        fail_msg("%s: refused: %s", c->id.at, s->fault.reason);
    if (s->requests != (size_t)atoi(c->requests.at))
        fail_msg("%s: %zu requests, wanted %s", c->id.at, s->requests, c->requests.at);
    if (c->close.len != 0 && (s->phase == AT_CLOSE) != (c->close.at[0] == '1'))
        fail_msg("%s: close is not %s", c->id.at, c->close.at);
    weft_str complete = {s->record.at, s->complete};
    if (c->record.len != 0 && !weft_str_equal(c->record, complete))
        fail_msg("%s: parsed\n%.*s\nwanted\n%s", c->id.at, WEFT_STR_ARGS(complete), c->record.at);
}

static void assert_verdict(const suite_case *c, const session *s)
{
    if (is(c->expect, "accept"))
        assert_accepted(c, s);
    else if (is(c->expect, "reject") && (s->phase != AT_FAULT || s->fault.status < 400))
        fail_msg("%s: not refused", c->id.at);
    else if (is(c->expect, "incomplete") && (s->phase >= AT_CLOSE || s->requests != 0))
        fail_msg("%s: not waiting for more", c->id.at);
}

static void run_case(const suite_case *c)
{
    session s;
    session_init(&s);
    session_feed(&s, c->bytes.at, c->bytes.len);
    if (!is_open(c))
        assert_verdict(c, &s);
    if (!session_all_cuts_same(&s, c->bytes.at, c->bytes.len))
        fail_msg("%s: depends on how it is cut", c->id.at);
    session_finish(&s);
}

/* ---- running -------------------------------------------------------------------------------- */

static void run_suite(const char *name, size_t wanted)
{
    const char *suites = getenv("WEFT_SUITES");
    if (suites == NULL) {
        print_message("# skipped: WEFT_SUITES does not name the folder of %s\n", name);
        return;
    }
    char command[4096];
    snprintf(command, sizeof command, "python3 '%s/cases.py' '%s/%s/cases.jsonl'",
             WEFT_TESTS_HTTP_FOLDER, suites, name);
    FILE *in = popen(command, "r");
    assert_non_null(in);
    weft_arena arena;
    weft_arena_init(&arena, 0);
    size_t count = 0, open = 0;
    for (suite_case c; read_case(in, &arena, &c); count++) {
        open += is_open(&c);
        run_case(&c);
    }
    assert_int_equal(pclose(in), 0);
    weft_arena_reset(&arena);
    print_message("# %s: %zu cases, %zu of them without a binding verdict\n", name, count, open);
    assert_int_equal(count, wanted);
}

static void run_llhttp(void **state)
{
    (void)state;
    run_suite("http1-llhttp", 107);
}

static void run_gunicorn(void **state)
{
    (void)state;
    run_suite("http1-gunicorn", 137);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(run_llhttp),
        cmocka_unit_test(run_gunicorn),
    };
    return cmocka_run_group_tests_name("http suites", tests, NULL, NULL);
}
