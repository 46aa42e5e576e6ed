/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * test_barrier.c: barriers between fibers, workers and plain threads.
 */
#include "crowd.h"

static void one_party_passes(void **state)
{
    (void)state;
    for (uint32_t parties = 0; parties < 2; parties++) {
        weft_barrier barrier;
        weft_barrier_init(&barrier, parties);
        for (int round = 0; round < 3; round++) {
            bool last = false;
            assert_int_equal(weft_barrier_wait(&barrier, 0, &last), WEFT_OK);
            assert_true(last);
        }
    }
}

/* ---- giving up ---------------------------------------------------------------------------- */

static void wait_late(void *arg)
{
    bool last = true;
    CHECK(weft_barrier_wait(arg, in_ms(2), &last) == WEFT_TIMED_OUT);
    CHECK(!last);
}

static void wait_cancelled(void *arg)
{
    CHECK(weft_barrier_wait(arg, WEFT_NEVER, NULL) == WEFT_CANCELLED);
}

static void wait_well(void *arg)
{
    CHECK(weft_barrier_wait(arg, WEFT_NEVER, NULL) == WEFT_OK);
}

static void give_up(void *arg)
{
    (void)arg;
    weft_barrier barrier;
    weft_barrier_init(&barrier, 3);
    weft_fiber *late = start(wait_late, &barrier), *cancelled = start(wait_cancelled, &barrier);
    weft_fiber_join(late);
    weft_fiber_cancel(cancelled);
    weft_fiber_join(cancelled);
    CHECK(barrier.arrived == 0);
    weft_fiber *fibers[] = {start(wait_well, &barrier), start(wait_well, &barrier)};
    weft_yield();
    CHECK(barrier.arrived == 2);
    bool last = false;
    CHECK(weft_barrier_wait(&barrier, 0, &last) == WEFT_OK && last);
    weft_fiber_join(fibers[0]);
    weft_fiber_join(fibers[1]);
}

static void who_gives_up_has_not_come(void **state)
{
    (void)state;
    run_with(1, give_up, NULL);
}

/* ---- stress ------------------------------------------------------------------------------- */

enum { FIBERS = 5, THREADS = 2, PARTIES = FIBERS + THREADS, ROUNDS = 800 };

struct march {
    weft_barrier barrier;
    _Atomic int steps, lasts;
};

static void take_steps(void *arg, unsigned number)
{
    struct march *march = arg;
    for (int i = 0; i < ROUNDS; i++) {
        CHECK(march->steps >= i * PARTIES && march->steps < (i + 1) * PARTIES);
        march->steps++;
        bool last;
        weft_error error;
        do
            error = weft_barrier_wait(&march->barrier, number % 2 ? in_us(i % 60) : WEFT_NEVER,
                                      &last);
        while (error == WEFT_TIMED_OUT);
        CHECK(error == WEFT_OK);
        march->lasts += last;
    }
}

static void nobody_is_ahead_of_a_round(void **state)
{
    (void)state;
    struct march march = {.steps = 0};
    weft_barrier_init(&march.barrier, PARTIES);
    crowd_run((struct crowd){3, FIBERS, THREADS, take_steps, &march});
    assert_int_equal(march.steps, PARTIES * ROUNDS);
    assert_int_equal(march.lasts, ROUNDS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_party_passes),
        cmocka_unit_test(who_gives_up_has_not_come),
        cmocka_unit_test(nobody_is_ahead_of_a_round),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
