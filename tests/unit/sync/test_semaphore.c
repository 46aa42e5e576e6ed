/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * test_semaphore.c: permits between fibers, workers and plain threads.
 */
#include "crowd.h"
#include <stdatomic.h>

static void counts_and_keeps_its_bounds(void **state)
{
    (void)state;
    weft_semaphore semaphore;
    weft_semaphore_init(&semaphore, 9, 3);
    assert_int_equal(semaphore.permits, 3);
    assert_int_equal(weft_semaphore_acquire(&semaphore, 4, WEFT_NEVER), WEFT_INVALID);
    assert_int_equal(weft_semaphore_acquire(&semaphore, 2, 0), WEFT_OK);
    assert_false(weft_semaphore_try_acquire(&semaphore, 2));
    int64_t deadline = in_ms(3);
    assert_int_equal(weft_semaphore_acquire(&semaphore, 2, deadline), WEFT_TIMED_OUT);
    assert_true(weft_clock_now() >= deadline);
    assert_true(weft_semaphore_try_acquire(&semaphore, 1));
    assert_true(weft_semaphore_try_acquire(&semaphore, 0));
    assert_int_equal(weft_semaphore_release(&semaphore, 4), WEFT_LIMIT);
    assert_int_equal(semaphore.permits, 0);
    assert_int_equal(weft_semaphore_release(&semaphore, 3), WEFT_OK);
    assert_int_equal(weft_semaphore_release(&semaphore, 1), WEFT_LIMIT);
    assert_int_equal(semaphore.permits, 3);

    weft_semaphore_init(&semaphore, 0, WEFT_SEMAPHORE_MAX);
    assert_int_equal(weft_semaphore_release(&semaphore, WEFT_SEMAPHORE_MAX), WEFT_OK);
    assert_int_equal(weft_semaphore_release(&semaphore, 1), WEFT_LIMIT);
    assert_true(weft_semaphore_try_acquire(&semaphore, WEFT_SEMAPHORE_MAX));
}

/* ---- the line ----------------------------------------------------------------------------- */

struct wish {
    weft_semaphore *semaphore;
    uint32_t count;
    int64_t deadline;
    weft_error expected;
    bool done;
};

static void wish_for(void *arg)
{
    struct wish *wish = arg;
    CHECK(weft_semaphore_acquire(wish->semaphore, wish->count, wish->deadline) == wish->expected);
    wish->done = true;
}

static void stand_in_line(void *arg)
{
    (void)arg;
    weft_semaphore semaphore;
    weft_semaphore_init(&semaphore, 1, 10);
    struct wish many = {&semaphore, 4, WEFT_NEVER, WEFT_OK, false}, one = many, two = many;
    one.count = 1;
    two.count = 2;
    weft_fiber *fibers[] = {start(wish_for, &many), start(wish_for, &one), start(wish_for, &two)};
    weft_yield();
    CHECK(
        !weft_semaphore_try_acquire(&semaphore, 1)); /* there is one, but others stand before us */
    CHECK(weft_semaphore_release(&semaphore, 2) == WEFT_OK);
    weft_yield();
    CHECK(!many.done && !one.done && !two.done);
    CHECK(weft_semaphore_release(&semaphore, 2) == WEFT_OK);
    weft_yield();
    CHECK(many.done && one.done && !two.done);
    CHECK(weft_semaphore_release(&semaphore, 4) == WEFT_OK);
    for (int i = 0; i < 3; i++)
        weft_fiber_join(fibers[i]);
    CHECK(semaphore.permits == 2);
}

static void who_wants_many_is_not_overtaken(void **state)
{
    (void)state;
    run_with(1, stand_in_line, NULL);
}

static void give_up(void *arg)
{
    (void)arg;
    weft_semaphore semaphore;
    weft_semaphore_init(&semaphore, 2, 10);
    struct wish late = {&semaphore, 5, in_ms(3), WEFT_TIMED_OUT, false};
    struct wish cancelled = {&semaphore, 5, WEFT_NEVER, WEFT_CANCELLED, false};
    struct wish patient = {&semaphore, 1, WEFT_NEVER, WEFT_OK, false};
    weft_fiber *first = start(wish_for, &late), *second = start(wish_for, &cancelled);
    weft_fiber *third = start(wish_for, &patient);
    weft_fiber_join(first);
    CHECK(!patient.done);
    weft_fiber_cancel(second);
    weft_fiber_join(second);
    weft_fiber_join(third); /* nobody has released anything */
    CHECK(semaphore.permits == 1);
}

static void who_gives_up_lets_the_next_pass(void **state)
{
    (void)state;
    run_with(1, give_up, NULL);
}

/* ---- stress ------------------------------------------------------------------------------- */

enum { FIBERS = 8, THREADS = 3, ROUNDS = 3000, PERMITS = 5 };

struct use {
    weft_semaphore semaphore;
    _Atomic uint32_t in_use;
    _Atomic long acquired;
};

static void use_some(void *arg, unsigned number)
{
    struct use *use = arg;
    for (int i = 0; i < ROUNDS; i++) {
        uint32_t count = 1 + ((uint32_t)i + number) % PERMITS;
        int64_t deadline = number % 2 ? in_us(i % 50) : WEFT_NEVER;
        weft_error error = weft_semaphore_acquire(&use->semaphore, count, deadline);
        CHECK(error == WEFT_OK || (error == WEFT_TIMED_OUT && number % 2));
        if (error)
            continue;
        CHECK(atomic_fetch_add(&use->in_use, count) + count <= PERMITS);
        if (i % 16 == 0)
            weft_yield();
        use->in_use -= count;
        use->acquired++;
        CHECK(weft_semaphore_release(&use->semaphore, count) == WEFT_OK);
    }
}

static void never_gives_more_than_there_are(void **state)
{
    (void)state;
    struct use use = {.in_use = 0};
    weft_semaphore_init(&use.semaphore, PERMITS, PERMITS);
    crowd_run((struct crowd){3, FIBERS, THREADS, use_some, &use});
    assert_int_equal(use.semaphore.permits, PERMITS);
    assert_true(use.acquired >= (FIBERS + THREADS) / 2 * ROUNDS);
    assert_null(use.semaphore.waits.first);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(counts_and_keeps_its_bounds),
        cmocka_unit_test(who_wants_many_is_not_overtaken),
        cmocka_unit_test(who_gives_up_lets_the_next_pass),
        cmocka_unit_test(never_gives_more_than_there_are),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
