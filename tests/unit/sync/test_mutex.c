/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * test_mutex.c: the mutex between fibers, workers and plain threads.
 */
#include "crowd.h"

/* ---- one thread --------------------------------------------------------------------------- */

static void locks_and_unlocks(void **state)
{
    (void)state;
    weft_mutex mutex = WEFT_MUTEX_INIT;
    assert_int_equal(weft_mutex_lock(&mutex, WEFT_NEVER), WEFT_OK);
    assert_false(weft_mutex_try_lock(&mutex));
    weft_mutex_unlock(&mutex);
    assert_true(weft_mutex_try_lock(&mutex));
    int64_t deadline = in_ms(10);
    assert_int_equal(weft_mutex_lock(&mutex, deadline), WEFT_TIMED_OUT);
    assert_true(weft_clock_now() >= deadline);
    assert_int_equal(weft_mutex_lock(&mutex, 0), WEFT_TIMED_OUT);
    assert_int_equal(weft_mutex_lock(&mutex, -1), WEFT_TIMED_OUT);
    weft_mutex_unlock(&mutex);
    assert_int_equal(weft_mutex_lock(&mutex, 0), WEFT_OK); /* free: no wait, no deadline */
    weft_mutex_unlock(&mutex);
}

/* ---- order -------------------------------------------------------------------------------- */

struct line {
    weft_mutex mutex;
    int next;
};

struct place {
    struct line *line;
    int number;
};

static void take_turn(void *arg)
{
    struct place *place = arg;
    CHECK(weft_mutex_lock(&place->line->mutex, WEFT_NEVER) == WEFT_OK);
    CHECK(place->line->next++ == place->number);
    weft_yield(); /* held across a wait */
    weft_mutex_unlock(&place->line->mutex);
}

static void queue_up(void *arg)
{
    (void)arg;
    struct line line = {.mutex = WEFT_MUTEX_INIT};
    struct place places[10];
    weft_fiber *fibers[10];
    CHECK(weft_mutex_try_lock(&line.mutex));
    for (int i = 0; i < 10; i++) {
        places[i] = (struct place){&line, i};
        CHECK(weft_fiber_spawn(&fibers[i], "turn", take_turn, &places[i]) == WEFT_OK);
    }
    weft_yield();
    weft_mutex_unlock(&line.mutex);
    CHECK(!weft_mutex_try_lock(&line.mutex)); /* handed over: nobody can overtake */
    for (int i = 0; i < 10; i++)
        weft_fiber_join(fibers[i]);
    CHECK(line.next == 10);
}

static void serves_in_order_of_arrival(void **state)
{
    (void)state;
    run_with(1, queue_up, NULL);
}

/* ---- giving up ---------------------------------------------------------------------------- */

static void lock_cancelled(void *arg)
{
    CHECK(weft_mutex_lock(arg, WEFT_NEVER) == WEFT_CANCELLED);
}

static void lock_timed_out(void *arg)
{
    CHECK(weft_mutex_lock(arg, in_ms(5)) == WEFT_TIMED_OUT);
}

static void lock_own_deadline(void *arg)
{
    weft_deadline_narrow(in_ms(5));
    CHECK(weft_mutex_lock(arg, WEFT_NEVER) == WEFT_TIMED_OUT);
}

static void lock_at_last(void *arg)
{
    CHECK(weft_mutex_lock(arg, WEFT_NEVER) == WEFT_OK);
    weft_mutex_unlock(arg);
}

static void give_up(void *arg)
{
    (void)arg;
    weft_mutex mutex = WEFT_MUTEX_INIT;
    CHECK(weft_mutex_try_lock(&mutex));
    weft_fiber_fn *ways[] = {lock_timed_out, lock_cancelled, lock_own_deadline, lock_at_last};
    weft_fiber *fibers[4];
    for (int i = 0; i < 4; i++)
        CHECK(weft_fiber_spawn(&fibers[i], "waiter", ways[i], &mutex) == WEFT_OK);
    weft_yield();
    weft_fiber_cancel(fibers[1]);
    for (int i = 0; i < 3; i++)
        weft_fiber_join(fibers[i]);
    weft_mutex_unlock(&mutex);
    weft_fiber_join(fibers[3]);
    CHECK(weft_mutex_try_lock(&mutex));
}

static void those_who_give_up_leave_the_line(void **state)
{
    (void)state;
    run_with(1, give_up, NULL);
}

/* ---- stress ------------------------------------------------------------------------------- */

enum { FIBERS = 8, ROUNDS = 4000 };

struct counter {
    weft_mutex mutex;
    long value, failed;
};

static void count(struct counter *counter, bool impatient)
{
    for (int i = 0; i < ROUNDS; i++) {
        int64_t deadline = impatient ? weft_clock_now() + (i % 50) * WEFT_MICROSECOND : WEFT_NEVER;
        if (weft_mutex_lock(&counter->mutex, deadline) != WEFT_OK) {
            __atomic_fetch_add(&counter->failed, 1, __ATOMIC_RELAXED);
            continue;
        }
        counter->value++;
        if (i % 16 == 0)
            weft_yield();
        weft_mutex_unlock(&counter->mutex);
    }
}

static void count_patiently(void *arg)
{
    count(arg, false);
}

static void count_impatiently(void *arg)
{
    count(arg, true);
}

static void *count_on_thread(void *arg)
{
    count(arg, false);
    return NULL;
}

static void *count_impatiently_on_thread(void *arg)
{
    count(arg, true);
    return NULL;
}

static void spawn_counters(void *arg)
{
    weft_fiber *fibers[FIBERS];
    for (unsigned i = 0; i < FIBERS; i++)
        CHECK(weft_fiber_spawn_on(&fibers[i], i, "counter",
                                  i % 2 ? count_patiently : count_impatiently, arg) == WEFT_OK);
    for (unsigned i = 0; i < FIBERS; i++)
        weft_fiber_join(fibers[i]);
}

static void excludes_between_workers_and_threads(void **state)
{
    (void)state;
    struct counter counter = {.mutex = WEFT_MUTEX_INIT};
    pthread_t threads[2];
    assert_int_equal(pthread_create(&threads[0], NULL, count_on_thread, &counter), 0);
    assert_int_equal(pthread_create(&threads[1], NULL, count_impatiently_on_thread, &counter), 0);
    run_with(3, spawn_counters, &counter);
    pthread_join(threads[0], NULL);
    pthread_join(threads[1], NULL);
    assert_int_equal(counter.value + counter.failed, (FIBERS + 2) * ROUNDS);
    assert_true(counter.value >= (FIBERS / 2 + 1) * ROUNDS);
    assert_int_equal(counter.mutex.state, 0);
    assert_null(counter.mutex.waits.first);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(locks_and_unlocks),
        cmocka_unit_test(serves_in_order_of_arrival),
        cmocka_unit_test(those_who_give_up_leave_the_line),
        cmocka_unit_test(excludes_between_workers_and_threads),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
