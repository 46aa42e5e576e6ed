/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * test_once.c: once between fibers, workers and plain threads.
 */
#include "crowd.h"

struct attempt {
    weft_once once;
    _Atomic int runs, failures, running;
    int failing; /* how many runs fail before one succeeds */
};

static weft_error attempt(void *arg)
{
    struct attempt *attempt = arg;
    CHECK(++attempt->running == 1);
    weft_yield();
    int run = ++attempt->runs;
    attempt->running--;
    return run <= attempt->failing ? WEFT_IO : WEFT_OK;
}

static void runs_until_it_succeeds(void **state)
{
    (void)state;
    struct attempt it = {.once = WEFT_ONCE_INIT, .failing = 2};
    assert_int_equal(weft_once_run(&it.once, attempt, &it, 0), WEFT_IO);
    assert_int_equal(weft_once_run(&it.once, attempt, &it, 0), WEFT_IO);
    assert_int_equal(weft_once_run(&it.once, attempt, &it, 0), WEFT_OK);
    assert_int_equal(weft_once_run(&it.once, attempt, &it, 0), WEFT_OK);
    assert_int_equal(it.runs, 3);
}

/* ---- waiting for who is at it ------------------------------------------------------------- */

static weft_error attempt_slowly(void *arg)
{
    weft_sleep(10 * WEFT_MILLISECOND);
    return attempt(arg);
}

static void run_slowly(void *arg)
{
    struct attempt *it = arg;
    weft_error error = weft_once_run(&it->once, attempt_slowly, it, WEFT_NEVER);
    CHECK(error == (it->failing ? WEFT_IO : WEFT_OK));
}

static void run_late(void *arg)
{
    struct attempt *it = arg;
    CHECK(weft_once_run(&it->once, attempt, it, in_ms(2)) == WEFT_TIMED_OUT);
}

static void run_cancelled(void *arg)
{
    struct attempt *it = arg;
    CHECK(weft_once_run(&it->once, attempt, it, WEFT_NEVER) == WEFT_CANCELLED);
}

static void run_well(void *arg)
{
    struct attempt *it = arg;
    CHECK(weft_once_run(&it->once, attempt, it, WEFT_NEVER) == WEFT_OK);
}

static void wait_for_first(void *arg)
{
    struct attempt *it = arg;
    weft_fiber_fn *ways[] = {run_slowly, run_late, run_cancelled, run_well, run_well};
    weft_fiber *fibers[5];
    for (int i = 0; i < 5; i++)
        fibers[i] = start(ways[i], it);
    weft_yield();
    weft_fiber_cancel(fibers[2]);
    for (int i = 0; i < 5; i++)
        weft_fiber_join(fibers[i]);
    CHECK(it->runs == it->failing + 1);
    CHECK(!it->once.waits.first);
}

static void others_wait_for_success(void **state)
{
    (void)state;
    struct attempt it = {.failing = 0};
    run_with(1, wait_for_first, &it);
}

static void failure_passes_the_turn_on(void **state)
{
    (void)state;
    struct attempt it = {.failing = 1};
    run_with(1, wait_for_first, &it);
}

/* ---- stress ------------------------------------------------------------------------------- */

enum { FIBERS = 8, THREADS = 3, OBJECTS = 300 };

static void run_all(void *arg, unsigned number)
{
    struct attempt *its = arg;
    for (int i = 0; i < OBJECTS; i++) {
        weft_error error = weft_once_run(&its[i].once, attempt, &its[i],
                                         number % 2 ? in_us((i + (int)number) % 50) : WEFT_NEVER);
        CHECK(error == WEFT_OK || error == WEFT_IO || (error == WEFT_TIMED_OUT && number % 2));
        if (error == WEFT_IO)
            its[i].failures++;
        if (error == WEFT_OK)
            CHECK(its[i].runs == its[i].failing + 1);
    }
}

static void succeeds_exactly_once(void **state)
{
    (void)state;
    static struct attempt its[OBJECTS];
    for (int i = 0; i < OBJECTS; i++)
        its[i].failing = i % 4;
    crowd_run((struct crowd){3, FIBERS, THREADS, run_all, its});
    for (int i = 0; i < OBJECTS; i++) {
        assert_int_equal(its[i].runs, its[i].failing + 1);
        assert_int_equal(its[i].failures, its[i].failing);
        assert_null(its[i].once.waits.first);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(runs_until_it_succeeds),
        cmocka_unit_test(others_wait_for_success),
        cmocka_unit_test(failure_passes_the_turn_on),
        cmocka_unit_test(succeeds_exactly_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
