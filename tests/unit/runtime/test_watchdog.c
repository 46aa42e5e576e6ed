/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * test_watchdog.c: a fiber that does not give way is named in the log, once, with its stack.
 */
#include "logged.h"
#include <weft/metrics.h>

#define STUCK_AFTER (30 * WEFT_MILLISECOND)
#define LONG        (250 * WEFT_MILLISECOND) /* longer than a busy machine takes the CPU away */

static void run_watched(unsigned workers, weft_fiber_fn *fn)
{
    weft_runtime_options options = {.workers = workers, .stuck_after = STUCK_AFTER};
    assert_int_equal(weft_runtime_run(&options, fn, NULL), WEFT_OK);
}

/* ---- being stuck ------------------------------------------------------------------------- */

__attribute__((noinline)) static void compute(int64_t duration)
{
    for (int64_t end = weft_deadline_after(duration); weft_clock_now() < end;)
        continue;
}

static void compute_twice(void *arg)
{
    (void)arg;
    weft_worker_metrics metrics = {0};
    compute(8 * STUCK_AFTER);
    weft_fiber_rename("reckoner");
    weft_yield();
    compute(8 * STUCK_AFTER);
    weft_yield();
    while (metrics.stuck < 2) {
        CHECK(weft_worker_measure(0, &metrics));
        CHECK(weft_sleep(WEFT_MILLISECOND) == WEFT_OK);
    }
}

static void each_time_is_said_once(void **state)
{
    (void)state;
    catch_log();
    run_watched(1, compute_twice);
    release_log();
    assert_int_equal(count_in_log("main has run for "), 1);
    assert_int_equal(count_in_log("reckoner has run for "), 1);
#ifndef __SANITIZE_THREAD__ /* which holds signals back */
    assert_true(count_in_log("test_runtime_watchdog+0x") >= 2);
#endif
}

/* The thread sleeps: its fiber is stuck all the same. */
static void block_the_thread(void *arg)
{
    (void)arg;
    for (int64_t end = weft_deadline_after(8 * STUCK_AFTER); weft_clock_now() < end;)
        usleep(1000);
}

static void blocking_calls_are_found(void **state)
{
    (void)state;
    catch_log();
    run_watched(1, block_the_thread);
    release_log();
    assert_int_equal(count_in_log("main has run for "), 1);
}

/* ---- not being stuck --------------------------------------------------------------------- */

static void yield_for_long(void *arg)
{
    (void)arg;
    for (int64_t end = weft_deadline_after(2 * LONG); weft_clock_now() < end;)
        weft_yield();
    CHECK(weft_sleep(LONG) == WEFT_OK);
}

static void who_gives_way_is_not_named(void **state)
{
    (void)state;
    weft_runtime_options options = {.workers = 2, .stuck_after = LONG};
    catch_log();
    assert_int_equal(weft_runtime_run(&options, yield_for_long, NULL), WEFT_OK);
    release_log();
    assert_int_equal(count_in_log("has run for"), 0);
}

static void compute_for_long(void *arg)
{
    (void)arg;
    compute(WEFT_STUCK_AFTER + 4 * STUCK_AFTER);
}

static void run_unwatched(weft_runtime_options options)
{
    catch_log();
    assert_int_equal(weft_runtime_run(&options, compute_for_long, NULL), WEFT_OK);
    release_log();
    assert_string_equal(logged, "");
}

static void nobody_watches_when_told_so(void **state)
{
    (void)state;
    run_unwatched((weft_runtime_options){.workers = 1, .stuck_after = WEFT_NEVER});
    run_unwatched((weft_runtime_options){.seed = 1, .stuck_after = STUCK_AFTER});
    assert_int_equal(setenv("WEFT_STUCK_AFTER_MS", "0", 1), 0);
    run_unwatched((weft_runtime_options){.workers = 1});
    assert_int_equal(unsetenv("WEFT_STUCK_AFTER_MS"), 0);
}

/* ---- how long ---------------------------------------------------------------------------- */

static void bounds_are_checked(void **state)
{
    (void)state;
    static const int64_t wrong[] = {-1, WEFT_MILLISECOND - 1, WEFT_STUCK_AFTER_MAX + 1, INT64_MIN};
    static const char *const wrong_texts[] = {"",   "soon",    "-1",
                                              "1s", "3600001", "99999999999999999999"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        weft_runtime_options options = {.stuck_after = wrong[i]};
        assert_int_equal(weft_runtime_run(&options, compute_for_long, NULL), WEFT_INVALID);
    }
    catch_log();
    for (size_t i = 0; i < sizeof wrong_texts / sizeof *wrong_texts; i++) {
        assert_int_equal(setenv("WEFT_STUCK_AFTER_MS", wrong_texts[i], 1), 0);
        assert_int_equal(weft_runtime_run(NULL, compute_for_long, NULL), WEFT_INVALID);
    }
    release_log();
    assert_int_equal(count_in_log("WEFT_STUCK_AFTER_MS must be a number from 0 to 3600000"),
                     sizeof wrong_texts / sizeof *wrong_texts);
    assert_int_equal(unsetenv("WEFT_STUCK_AFTER_MS"), 0);
}

static void the_environment_says_when(void **state)
{
    (void)state;
    catch_log();
    assert_int_equal(setenv("WEFT_STUCK_AFTER_MS", "20", 1), 0);
    assert_int_equal(weft_runtime_run(NULL, compute_for_long, NULL), WEFT_OK);
    assert_int_equal(unsetenv("WEFT_STUCK_AFTER_MS"), 0);
    assert_int_equal(weft_runtime_run(NULL, compute_for_long, NULL), WEFT_OK);
    release_log();
    assert_int_equal(count_in_log("main has run for "), 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_time_is_said_once),     cmocka_unit_test(blocking_calls_are_found),
        cmocka_unit_test(who_gives_way_is_not_named), cmocka_unit_test(nobody_watches_when_told_so),
        cmocka_unit_test(bounds_are_checked),         cmocka_unit_test(the_environment_says_when),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
