/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * test_checked.c: values that may be absent are asked for, items are within bounds.
 */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>
#include <weft/value.h>

typedef WEFT_OPTIONAL(int32_t) maybe;

static maybe some(int32_t value)
{
    return (maybe){.present = true, .value__ = value};
}

/* ---- optional values ------------------------------------------------------------------------- */

static void a_value_is_reached_where_it_is(void **state)
{
    (void)state;
    int32_t sum = 0;
    const maybe none = {.present = false};
    WEFT_IF_SOME(value, some(7))
    sum += value;
    WEFT_IF_SOME(value, none)
    sum += 1000 + value;
    assert_int_equal(sum, 7);
}

static void its_statement_runs_once_and_can_be_left(void **state)
{
    (void)state;
    int runs = 0, ends = 0;
    for (int i = 0; i < 3; i++) {
        WEFT_IF_SOME(value, some(i))
        {
            runs++;
            if (value == 1)
                continue;
            if (value == 2)
                break;
            runs++;
        }
        ends++;
    }
    assert_int_equal(runs, 4);
    assert_int_equal(ends, 3);
}

static void one_may_stand_in_another(void **state)
{
    (void)state;
    int32_t sum = 0;
    WEFT_IF_SOME(a, some(1))
    WEFT_IF_SOME(b, some(2))
    sum = 10 * a + b;
    assert_int_equal(sum, 12);
}

static void another_takes_its_place(void **state)
{
    (void)state;
    const maybe none = {.present = false};
    assert_int_equal(WEFT_VALUE_OR(some(7), 20), 7);
    assert_int_equal(WEFT_VALUE_OR(none, 20), 20);
    assert_int_equal(WEFT_VALUE_OR(none, WEFT_VALUE_OR(some(3), 4)), 3);
}

static weft_error twice(maybe given, int32_t *out)
{
    *out = 2 * WEFT_SOME_OR(given, return WEFT_NOT_FOUND);
    return WEFT_OK;
}

static void a_function_may_be_left_instead(void **state)
{
    (void)state;
    int32_t out = 0;
    assert_int_equal(twice(some(21), &out), WEFT_OK);
    assert_int_equal(out, 42);
    assert_int_equal(twice((maybe){.present = false}, &out), WEFT_NOT_FOUND);
    assert_int_equal(out, 42);
}

/* ---- items ----------------------------------------------------------------------------------- */

static volatile size_t far = 3, near = 2; /* what no compiler knows */

static void items_are_read_and_written(void **state)
{
    (void)state;
    int32_t numbers[] = {1, 2, 3};
    WEFT_ARRAY(int32_t) list = {numbers, 3};
    weft_str text = WEFT_STR("abc");
    WEFT_AT(list, near) += 10;
    assert_int_equal(WEFT_AT(list, 2), 13);
    assert_int_equal(WEFT_AT(text, near), 'c');
    WEFT_ITEM(numbers, near - 1) = 7;
    assert_int_equal(WEFT_ITEM(numbers, 1), 7);
    assert_int_equal(WEFT_AT(list, WEFT_AT(list, near - 2)), 7);
}

/* What the process says and how it ends when it runs `reach`. */
static int end_of(void (*reach)(void), char *said, size_t room)
{
    int ends[2], status = 0;
    assert_int_equal(pipe(ends), 0);
    pid_t child = fork();
    if (child == 0) {
        signal(SIGILL, SIG_DFL);
        signal(SIGTRAP, SIG_DFL);
        dup2(ends[1], STDERR_FILENO);
        reach();
        _exit(0);
    }
    close(ends[1]);
    ssize_t len = read(ends[0], said, room - 1);
    said[len > 0 ? len : 0] = '\0';
    close(ends[0]);
    assert_int_equal(waitpid(child, &status, 0), child);
    return status;
}

static void reach_too_far(void)
{
    int32_t numbers[] = {1, 2, 3};
    WEFT_ARRAY(int32_t) list = {numbers, 3};
    numbers[0] = WEFT_AT(list, far);
}

static void reach_below(void)
{
    int32_t numbers[] = {1, 2, 3};
    int below = -(int)near;
    numbers[0] = WEFT_ITEM(numbers, below);
}

static void reach_into_nothing(void)
{
    weft_str empty = {NULL, far - 3};
    char first = WEFT_AT(empty, near - 2);
    (void)first;
}

static void expect_trap(void (*reach)(void), const char *said)
{
    char text[1024];
    int status = end_of(reach, text, sizeof text);
    assert_false(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    if (strstr(text, said) == NULL || strstr(text, "test_checked.c:") == NULL)
        fail_msg("it says: %s", text);
}

static void outside_them_the_program_ends_and_says_where(void **state)
{
    (void)state;
    expect_trap(reach_too_far, "index 3 of list, which has 3\n");
    expect_trap(reach_below, "index -2 of numbers, which has 3\n");
    expect_trap(reach_into_nothing, "index 0 of empty, which has 0\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_value_is_reached_where_it_is),
        cmocka_unit_test(its_statement_runs_once_and_can_be_left),
        cmocka_unit_test(one_may_stand_in_another),
        cmocka_unit_test(another_takes_its_place),
        cmocka_unit_test(a_function_may_be_left_instead),
        cmocka_unit_test(items_are_read_and_written),
        cmocka_unit_test(outside_them_the_program_ends_and_says_where),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
