/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * test_kept.c: text that the application keeps.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>
#include <weft/kept.h>

static void a_fresh_one_is_empty(void **state)
{
    (void)state;
    weft_kept_str kept = {0};
    assert_int_equal(weft_kept_view(kept).len, 0);
    weft_kept_finish(&kept);
}

static void it_is_a_copy(void **state)
{
    (void)state;
    char text[] = "to be";
    weft_kept_str kept = {0};
    assert_int_equal(weft_kept_set(&kept, weft_str_from(text)), WEFT_OK);
    text[0] = 'x';
    assert_true(weft_str_equal(weft_kept_view(kept), WEFT_STR("to be")));
    weft_kept_finish(&kept);
    assert_int_equal(weft_kept_view(kept).len, 0);
}

static void another_takes_its_place(void **state)
{
    (void)state;
    weft_kept_str kept = {0};
    assert_int_equal(weft_kept_set(&kept, WEFT_STR("one")), WEFT_OK);
    assert_int_equal(weft_kept_set(&kept, WEFT_STR("another")), WEFT_OK);
    assert_true(weft_str_equal(weft_kept_view(kept), WEFT_STR("another")));
    assert_int_equal(weft_kept_set(&kept, WEFT_STR("")), WEFT_OK);
    assert_int_equal(weft_kept_view(kept).len, 0);
    weft_kept_finish(&kept);
}

static void a_part_of_itself_can_be_kept(void **state)
{
    (void)state;
    weft_kept_str kept = {0};
    assert_int_equal(weft_kept_set(&kept, WEFT_STR("a long way")), WEFT_OK);
    assert_int_equal(weft_kept_set(&kept, weft_str_skip(weft_kept_view(kept), 7)), WEFT_OK);
    assert_true(weft_str_equal(weft_kept_view(kept), WEFT_STR("way")));
    weft_kept_finish(&kept);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_fresh_one_is_empty),
        cmocka_unit_test(it_is_a_copy),
        cmocka_unit_test(another_takes_its_place),
        cmocka_unit_test(a_part_of_itself_can_be_kept),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
