/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * tests/unit/base/test_equal.c: weft__equal, for texts of each length that it treats in a way of its
 * own, in allocations of exactly their size.
 */
#include "base/equal.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

static void each_byte_counts(void **state)
{
    (void)state;
    for (size_t len = 0; len <= 3 * WEFT__EQUAL_SHORT; len++) {
        char *a = malloc(len + (len == 0)), *b = malloc(len + (len == 0));
        assert_true(a != NULL && b != NULL);
        for (size_t i = 0; i < len; i++)
            a[i] = b[i] = (char)(i * 7 + 1);
        assert_true(weft__equal(a, b, len));
        for (size_t i = 0; i < len; i++) {
            b[i] ^= 1;
            assert_false(weft__equal(a, b, len));
            b[i] ^= 1;
        }
        free(a);
        free(b);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_byte_counts),
    };
    return cmocka_run_group_tests_name("equal", tests, NULL, NULL);
}
