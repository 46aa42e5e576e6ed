/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Pools of stacks: what is kept, and what goes from a worker that gains stacks to one that loses
 * them.
 */
#include "runtime/stack.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static bool count(const weft_fiber *fiber, const void *arg)
{
    (void)fiber;
    ++*(unsigned *)(uintptr_t)arg;
    return false;
}

static unsigned mapped(void)
{
    unsigned stacks = 0;
    (void)weft__stack_find(count, &stacks);
    return stacks;
}

static void drain(weft__pool *pool)
{
    weft__stack_drain(pool);
    assert_int_equal(pool->count, 0);
}

static void the_last_one_is_used_first(void **state)
{
    (void)state;
    weft__pool pool = {0};
    weft_fiber *first = weft__stack_acquire(&pool), *second = weft__stack_acquire(&pool);
    weft__stack_release(&pool, first);
    weft__stack_release(&pool, second);
    assert_ptr_equal(weft__stack_acquire(&pool), second);
    assert_ptr_equal(weft__stack_acquire(&pool), first);
    assert_int_equal(mapped(), 2);
    weft__stack_release(&pool, first);
    weft__stack_release(&pool, second);
    drain(&pool);
    assert_int_equal(mapped(), 0);
}

/* As when an idle worker steals what a busy one has started. */
static void stacks_come_back_from_another_worker(void **state)
{
    (void)state;
    enum { ROUNDS = 1000, AT_ONCE = 50 };
    weft__pool from = {0}, to = {0};
    weft_fiber *fibers[AT_ONCE];
    for (unsigned round = 0; round < ROUNDS; round++) {
        for (unsigned i = 0; i < AT_ONCE; i++)
            assert_non_null(fibers[i] = weft__stack_acquire(&from));
        for (unsigned i = 0; i < AT_ONCE; i++)
            weft__stack_release(&to, fibers[i]);
    }
    assert_true(mapped() <= AT_ONCE + 3 * WEFT__STACK_BATCH);
    drain(&from);
    drain(&to);
    assert_int_equal(mapped(), 0);
}

/* No more than two full pools are kept of many that end at once, wherever they began. */
static void a_crowd_is_not_kept(void **state)
{
    (void)state;
    enum { CROWD = 3 * WEFT__STACK_CACHE };
    static weft_fiber *fibers[CROWD];
    weft__pool from = {0}, to = {0};
    for (unsigned i = 0; i < CROWD; i++)
        assert_non_null(fibers[i] = weft__stack_acquire(&from));
    assert_int_equal(mapped(), CROWD);
    for (unsigned i = 0; i < CROWD; i++)
        weft__stack_release(&to, fibers[i]);
    assert_int_equal(mapped(), 2 * WEFT__STACK_CACHE);
    drain(&from);
    drain(&to);
    assert_int_equal(mapped(), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_last_one_is_used_first),
        cmocka_unit_test(stacks_come_back_from_another_worker),
        cmocka_unit_test(a_crowd_is_not_kept),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
