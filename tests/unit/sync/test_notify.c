/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * test_notify.c: notifications between fibers, workers and plain threads.
 */
#include "crowd.h"

static void keeps_one_permit(void **state)
{
    (void)state;
    weft_notify notify = WEFT_NOTIFY_INIT;
    int64_t deadline = in_ms(3);
    assert_int_equal(weft_notify_wait(&notify, deadline), WEFT_TIMED_OUT);
    assert_true(weft_clock_now() >= deadline);
    weft_notify_one(&notify);
    weft_notify_one(&notify); /* they do not add up */
    assert_int_equal(weft_notify_wait(&notify, 0), WEFT_OK);
    assert_int_equal(weft_notify_wait(&notify, 0), WEFT_TIMED_OUT);
    weft_notify_all(&notify); /* nobody waits, nothing is kept */
    assert_int_equal(weft_notify_wait(&notify, 0), WEFT_TIMED_OUT);
}

/* ---- who is woken ------------------------------------------------------------------------- */

struct ear {
    weft_notify *notify;
    weft_error expected;
    int *order, heard;
};

static void listen(void *arg)
{
    struct ear *ear = arg;
    CHECK(weft_notify_wait(ear->notify, WEFT_NEVER) == ear->expected);
    ear->heard = ++*ear->order;
}

static void listen_own_deadline(void *arg)
{
    weft_deadline_narrow(in_ms(2));
    CHECK(weft_notify_wait(arg, WEFT_NEVER) == WEFT_TIMED_OUT);
}

static void wake_some(void *arg)
{
    (void)arg;
    weft_notify notify = WEFT_NOTIFY_INIT;
    int order = 0;
    struct ear ears[5];
    weft_fiber *fibers[5];
    for (int i = 0; i < 5; i++) {
        ears[i] = (struct ear){&notify, i == 1 ? WEFT_CANCELLED : WEFT_OK, &order, 0};
        fibers[i] = start(listen, &ears[i]);
    }
    weft_yield();
    weft_notify_one(&notify);
    weft_fiber_join(fibers[0]);
    CHECK(order == 1 && ears[0].heard == 1);
    weft_fiber_cancel(fibers[1]);
    weft_fiber_join(fibers[1]);
    weft_notify_one(&notify);
    weft_fiber_join(fibers[2]);
    CHECK(order == 3 && ears[2].heard == 3);
    weft_notify_all(&notify);
    weft_fiber_join(fibers[3]);
    weft_fiber_join(fibers[4]);
    CHECK(ears[3].heard == 4 && ears[4].heard == 5);
    CHECK(weft_notify_wait(&notify, 0) == WEFT_TIMED_OUT);
    weft_fiber_join(start(listen_own_deadline, &notify));
}

static void wakes_the_oldest_or_all(void **state)
{
    (void)state;
    run_with(1, wake_some, NULL);
}

static void wake_then_cancel(void *arg)
{
    (void)arg;
    weft_notify notify = WEFT_NOTIFY_INIT;
    int order = 0;
    struct ear ear = {&notify, WEFT_OK, &order, 0};
    weft_fiber *fiber = start(listen, &ear);
    weft_yield();
    weft_notify_one(&notify); /* given before the cancellation: not lost */
    weft_fiber_cancel(fiber);
    weft_fiber_join(fiber);
    fiber = start(listen, &ear);
    weft_yield();
    weft_fiber_cancel(fiber);
    weft_notify_one(&notify); /* the waiter has been told to stop, but still stands in the list */
    weft_fiber_join(fiber);
    CHECK(order == 2);
    CHECK(weft_notify_wait(&notify, 0) == WEFT_TIMED_OUT);
}

static void a_race_with_cancellation_loses_nothing(void **state)
{
    (void)state;
    run_with(1, wake_then_cancel, NULL);
}

/* ---- stress ------------------------------------------------------------------------------- */

enum { FIBERS = 6, THREADS = 2, MEMBERS = FIBERS + THREADS, ROUNDS = 1500 };

struct round {
    weft_notify turns[MEMBERS];
    _Atomic unsigned holder;
    _Atomic long passed;
};

/* One token goes round; a lost wake-up stops it, an invented one is seen by the check. */
static void pass_on(void *arg, unsigned number)
{
    struct round *round = arg;
    for (int i = 0; i < ROUNDS; i++) {
        weft_error error;
        do
            error = weft_notify_wait(&round->turns[number], in_us((i + (int)number) % 60));
        while (error == WEFT_TIMED_OUT);
        CHECK(error == WEFT_OK);
        CHECK(round->holder == number);
        round->passed++;
        round->holder = (number + 1) % MEMBERS;
        weft_notify_one(&round->turns[(number + 1) % MEMBERS]);
    }
}

static void no_wake_up_is_lost_to_a_deadline(void **state)
{
    (void)state;
    struct round round = {.holder = 0};
    weft_notify_one(&round.turns[0]);
    crowd_run((struct crowd){3, FIBERS, THREADS, pass_on, &round});
    assert_int_equal(round.passed, MEMBERS * ROUNDS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keeps_one_permit),
        cmocka_unit_test(wakes_the_oldest_or_all),
        cmocka_unit_test(a_race_with_cancellation_loses_nothing),
        cmocka_unit_test(no_wake_up_is_lost_to_a_deadline),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
