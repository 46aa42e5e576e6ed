/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * testing/expect.c: compares, and says what differs: "-" before what was expected, "+" before what
 * came. Every line begins with "# ", so that it is a comment of TAP.
 */
#include "testing/expect.h"
#include "testing/flat.h"
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <weft/test.h>

enum { BODY_SHOWN = 2000 }; /* bytes of a body that is shown as it is */

/* Tests may expect on any thread. */
static _Atomic unsigned failures;

unsigned weft__test_failures(void)
{
    return atomic_load(&failures);
}

/* ---- telling --------------------------------------------------------------------------------- */

static void tell_begin(const char *file, int line, const weft_test_response *response,
                       const char *what)
{
    atomic_fetch_add(&failures, 1);
    printf("# %s:%d: %s%s%s\n", file, line, response != NULL ? response->request : "",
           response != NULL ? ": " : "", what);
}

static void tell_difference(void)
{
    printf("# --- expected\n# +++ actual\n");
}

/* Each line of a text behind a mark. */
static void tell_text(const char *mark, weft_str text)
{
    size_t left = text.len < BODY_SHOWN ? text.len : BODY_SHOWN;
    const char *at = text.at;
    do {
        const char *end = left != 0 ? memchr(at, '\n', left) : NULL;
        size_t len = end != NULL ? (size_t)(end - at) : left;
        printf("# %s%.*s\n", mark, (int)len, left != 0 ? at : "");
        len += end != NULL;
        at = left != 0 ? at + len : at;
        left -= len;
    } while (left != 0);
    if (text.len > BODY_SHOWN)
        printf("# %s... (%zu bytes)\n", mark, text.len);
}

static void tell_body(const weft_test_response *response)
{
    if (response->body.len != 0)
        tell_text("  ", response->body);
}

/* ---- status, header, text -------------------------------------------------------------------- */

bool weft__expect_true(bool condition, const char *text, const char *file, int line)
{
    if (!condition)
        tell_begin(file, line, NULL, text);
    return condition;
}

bool weft__expect_status(const weft_test_response *response, int status, const char *file, int line)
{
    if (response->status == status)
        return true;
    tell_begin(file, line, response, "another status");
    tell_difference();
    printf("# - %d %s\n", status, weft_http_status_text((weft_http_status)status));
    printf("# + %d %s\n", response->status,
           weft_http_status_text((weft_http_status)response->status));
    tell_body(response);
    return false;
}

bool weft__expect_header(const weft_test_response *response, const char *name, const char *value,
                         const char *file, int line)
{
    const char *actual = weft_test_header_of(response, name);
    if (actual == value || (actual != NULL && value != NULL && strcmp(actual, value) == 0))
        return true;
    tell_begin(file, line, response, "another header");
    tell_difference();
    printf(value != NULL ? "# - %s: %s\n" : "# - no %s\n", name, value);
    printf(actual != NULL ? "# + %s: %s\n" : "# + no %s\n", name, actual);
    return false;
}

bool weft__expect_body(const weft_test_response *response, const char *text, const char *file,
                       int line)
{
    if (weft_str_equal(response->body, weft_str_from(text)))
        return true;
    tell_begin(file, line, response, "another body");
    tell_difference();
    tell_text("- ", weft_str_from(text));
    tell_text("+ ", response->body);
    return false;
}

/* ---- JSON ------------------------------------------------------------------------------------ */

static void tell_leaf(const char *mark, const weft__leaf *leaf)
{
    printf("# %s %.*s%s%.*s\n", mark, WEFT_STR_ARGS(leaf->pointer),
           leaf->pointer.len != 0 ? " = " : "", WEFT_STR_ARGS(leaf->value));
}

static int compare_pointers(weft_str a, weft_str b)
{
    size_t len = a.len < b.len ? a.len : b.len;
    int order = len != 0 ? memcmp(a.at, b.at, len) : 0;
    return order != 0 ? order : (a.len > b.len) - (a.len < b.len);
}

/* Goes through both lists; `tell` prints what differs. True when nothing does. */
static bool same(const weft__flat *expected, const weft__flat *actual, bool partly, bool tell)
{
    bool equal = true;
    for (size_t e = 0, a = 0; e < expected->len || a < actual->len;) {
        const weft__leaf *left = &expected->at[e], *right = &actual->at[a];
        int order = e == expected->len ? 1
                    : a == actual->len ? -1
                                       : compare_pointers(left->pointer, right->pointer);
        e += order <= 0;
        a += order >= 0;
        if ((order == 0 && weft_str_equal(left->value, right->value)) || (order > 0 && partly))
            continue;
        equal = false;
        if (tell && order <= 0)
            tell_leaf("-", left);
        if (tell && order >= 0)
            tell_leaf("+", right);
    }
    return equal;
}

/* Reads one of the two texts; tells when it is not JSON. */
static bool read_text(const weft_test_response *response, weft_str text, const char *what,
                      weft_arena *arena, weft__flat *out, const char *file, int line)
{
    weft_json_fault fault = {.line = 1, .column = 1, .reason = "no memory"};
    if (weft__flat_read(text, arena, out, &fault) == WEFT_JSON_OK)
        return true;
    tell_begin(file, line, response, what);
    printf("# line %u, column %u: %s\n", fault.line, fault.column, fault.reason);
    tell_text("  ", text);
    return false;
}

bool weft__expect_json(const weft_test_response *response, const char *text, bool partly,
                       const char *file, int line)
{
    weft_arena arena;
    weft__flat expected, actual;
    weft_arena_init(&arena, 0);
    bool good = read_text(response, weft_str_from(text), "what is expected is not JSON", &arena,
                          &expected, file, line) &&
                read_text(response, response->body, "the body is not JSON", &arena, &actual, file,
                          line);
    if (good && !same(&expected, &actual, partly, false)) {
        good = false;
        tell_begin(file, line, response, "another body");
        tell_difference();
        (void)same(&expected, &actual, partly, true);
    }
    weft_arena_reset(&arena);
    return good;
}
