/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * tests/unit/http/test_copy.c: weft__copy_text, for texts of each length that it treats in a way of
 * its own, between allocations of exactly their size.
 */
#include "http/copy.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

static void each_length(void **state)
{
    (void)state;
    for (size_t len = 0; len <= 200; len++) {
        char *from = malloc(len + (len == 0)), *to = calloc(1, len + (len == 0));
        assert_true(from != NULL && to != NULL);
        for (size_t i = 0; i < len; i++)
            from[i] = (char)(i * 7 + 1);
        assert_ptr_equal(weft__copy_text(to, (weft_str){from, len}), to + len);
        assert_memory_equal(from, to, len);
        free(from);
        free(to);
    }
    char none;
    assert_ptr_equal(weft__copy_text(&none, (weft_str){NULL, 0}), &none);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_length),
    };
    return cmocka_run_group_tests_name("copy", tests, NULL, NULL);
}
