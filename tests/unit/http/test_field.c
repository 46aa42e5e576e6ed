/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * tests/unit/http/test_field.c: the quick way through a field line against the one that decides:
 * what it takes, that one takes in the same way; and what is usual, it takes.
 */
#include "http/h1/field.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

enum { LINE_MAX_SIZE = 256, TEXTS = 200000 };

#define BUDGET (3 * WEFT_SECOND) /* a slow machine reads fewer texts */

static uint64_t chance = 88172645463325252u;

static size_t below(size_t bound)
{
    chance ^= chance << 13;
    chance ^= chance >> 7;
    chance ^= chance << 17;
    return (size_t)(chance % bound);
}

static const char *plain(const char *at, const char *end, weft__field *out)
{
    weft__h1_fault fault;
    weft__h1_head head = {.start = at, .end = end, .last = end, .fault = &fault};
    return weft__field_line(&head, at, out);
}

/* Whether the quick way takes the line at the beginning of `text`, which stands in an allocation of
 * exactly its size. */
static bool taken(weft_str text)
{
    weft__field field, expected;
    char *bytes = malloc(text.len + (text.len == 0));
    assert_non_null(bytes);
    memcpy(bytes, text.at, text.len);
    const char *next = weft__usual_field_line(bytes, bytes + text.len, &field);
    if (next != NULL) {
        assert_ptr_equal(next, plain(bytes, bytes + text.len, &expected));
        assert_ptr_equal(field.name.at, expected.name.at);
        assert_int_equal(field.name.len, expected.name.len);
        assert_ptr_equal(field.value.at, expected.value.at);
        assert_int_equal(field.value.len, expected.value.len);
    }
    free(bytes);
    return next != NULL;
}

#define LINE(literal) WEFT_STR(literal "\r\n")
#define END           "\r\nAccept: */*\r\n\r\n"

static void run_usual_lines(void **state)
{
    (void)state;
    assert_true(taken(WEFT_STR("Host: a" END)));
    assert_true(taken(WEFT_STR("Host:a" END)));
    assert_true(taken(WEFT_STR("A:" END)));
    assert_true(taken(WEFT_STR("a: b c" END)));
    assert_true(taken(WEFT_STR("Upgrade-Insecure-Requests: 1" END)));
    assert_true(taken(LINE("Host: www.example.com")));
    assert_true(taken(LINE("Access-Control-Request-Headers: 0123456789abcdef0123456789abcdef")));
    for (size_t size = 1; size < 100;
         size++) { /* the colon, and the end, at each place of a block */
        char line[LINE_MAX_SIZE];
        memset(line, 'n', sizeof line);
        memcpy(line + size, ": ", 2);
        memcpy(line + size + 50, END, sizeof END - 1);
        assert_true(taken((weft_str){line, size + 50 + sizeof END - 1}));
        memcpy(line + 1, ": ", 2);
        memcpy(line + size + 3, "\r\nX", 3);
        assert_true(taken((weft_str){line, size + 6}) == (size + 6 >= WEFT__BLOCK));
    }
}

static void run_other_lines(void **state)
{
    (void)state;
    static const char *const lines[] = {
        ": b" END,         " a: b" END,    "a : b" END,          "a\t: b" END,
        "a" END,           "a_b: c" END,   "a:  b" END,          "a: b " END,
        "a:\tb" END,       "a: b\t" END,   "a: b\tc" END,        "a: " END,
        "a: \x7f" END,     "a: b\x80" END, "a: b\rc" END,        "a: b\nc: d" END,
        "a: b\r\r\n" END,  "a: b\x01" END, "\r\n0123456789" END, "a\x80: b" END,
        "a[: b" END,       "a@: b" END,    "a`: b" END,          "a{: b" END,
        "a:b \r\n0123456", "a: b",         "a: bcdefghijklmnop", "a: bcdefghijklmnop\r",
    };
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++)
        assert_false(taken(weft_str_from(lines[i])));
}

/* Each byte, at each place of a line. */
static void run_each_byte(void **state)
{
    (void)state;
    static const char usual[] = "Name-of-a-field: the value, of 2 blocks and more" END;
    char line[sizeof usual];
    for (size_t at = 0; at < sizeof usual - 1; at++) {
        for (unsigned byte = 0; byte < 256; byte++) {
            memcpy(line, usual, sizeof usual);
            line[at] = (char)byte;
            taken((weft_str){line, sizeof usual - 1});
            if (byte == (unsigned char)usual[at]) /* and cut here */
                taken((weft_str){line, at});
        }
    }
}

static void run_chance(void **state)
{
    (void)state;
    static const char alphabet[] = "aZ-: \r\n\t_09.\x7f\x80\xff";
    char line[LINE_MAX_SIZE];
    size_t done = 0, took = 0;
    int64_t end = weft_clock_now() + BUDGET;
    for (; done < TEXTS && weft_clock_now() < end; done++) {
        size_t name = 1 + below(40), len = name + 4 + below(100);
        memset(line, 'x', sizeof line);
        memcpy(line + name, ": ", 2);
        memcpy(line + len - 2, "\r\n", 2);
        for (size_t changes = below(4); changes > 0; changes--)
            line[below(len)] = alphabet[below(sizeof alphabet - 1)];
        took += taken((weft_str){line, len + below(WEFT__BLOCK)});
    }
    print_message("# %zu texts, of which %zu were taken\n", done, took);
    assert_true(took > 0 && took < done);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(run_usual_lines),
        cmocka_unit_test(run_other_lines),
        cmocka_unit_test(run_each_byte),
        cmocka_unit_test(run_chance),
    };
    return cmocka_run_group_tests_name("field lines", tests, NULL, NULL);
}
