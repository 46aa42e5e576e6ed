/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * test_deque.c: what is offered comes out once, in order, and is bounded.
 */
#include "fibers.h"
#include <pthread.h>
#include <runtime/deque.h>

enum { THIEVES = 3, MANY = 200000 };

/* The deque never looks into fibers: numbers stand for them. */
static weft_fiber *fiber_of(uintptr_t number)
{
    return (weft_fiber *)number;
}

static void comes_out_in_order(void **state)
{
    (void)state;
    static weft__deque deque;
    assert_true(weft__deque_is_empty(&deque));
    assert_null(weft__deque_take(&deque));
    for (uintptr_t round = 1; round < 1000; round++) {
        assert_true(weft__deque_put(&deque, fiber_of(2 * round)));
        assert_true(weft__deque_put(&deque, fiber_of(2 * round + 1)));
        assert_false(weft__deque_is_empty(&deque));
        assert_ptr_equal(weft__deque_take(&deque), fiber_of(2 * round));
        assert_ptr_equal(weft__deque_take(&deque), fiber_of(2 * round + 1));
        assert_null(weft__deque_take(&deque));
    }
}

static void is_bounded(void **state)
{
    (void)state;
    static weft__deque deque;
    for (uintptr_t i = 1; i <= WEFT__DEQUE_SIZE; i++)
        assert_true(weft__deque_put(&deque, fiber_of(i)));
    assert_false(weft__deque_put(&deque, fiber_of(1)));
    assert_ptr_equal(weft__deque_take(&deque), fiber_of(1));
    assert_true(weft__deque_put(&deque, fiber_of(WEFT__DEQUE_SIZE + 1)));
    assert_false(weft__deque_put(&deque, fiber_of(1)));
    for (uintptr_t i = 2; i <= WEFT__DEQUE_SIZE + 1; i++)
        assert_ptr_equal(weft__deque_take(&deque), fiber_of(i));
    assert_null(weft__deque_take(&deque));
}

static weft__deque shared;
static _Atomic unsigned taken[MANY + 1];
static atomic_bool over;

/* Each taker sees what it takes in order. */
static void take_some(uintptr_t *last)
{
    weft_fiber *fiber = weft__deque_take(&shared);
    if (!fiber)
        return;
    CHECK((uintptr_t)fiber > *last);
    *last = (uintptr_t)fiber;
    atomic_fetch_add(&taken[*last], 1);
}

static void *steal(void *arg)
{
    (void)arg;
    uintptr_t last = 0;
    while (!atomic_load(&over) || !weft__deque_is_empty(&shared))
        take_some(&last);
    return NULL;
}

static void is_taken_once(void **state)
{
    (void)state;
    pthread_t thieves[THIEVES];
    for (unsigned i = 0; i < THIEVES; i++)
        assert_int_equal(pthread_create(&thieves[i], NULL, steal, NULL), 0);
    uintptr_t last = 0;
    for (uintptr_t i = 1; i <= MANY; i++)
        while (!weft__deque_put(&shared, fiber_of(i)))
            take_some(&last);
    atomic_store(&over, true);
    for (unsigned i = 0; i < THIEVES; i++)
        pthread_join(thieves[i], NULL);
    for (unsigned i = 1; i <= MANY; i++)
        assert_int_equal(atomic_load(&taken[i]), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(comes_out_in_order),
        cmocka_unit_test(is_bounded),
        cmocka_unit_test(is_taken_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
