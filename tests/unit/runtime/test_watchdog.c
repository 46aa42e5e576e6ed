/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * test_watchdog.c: a fiber that does not give way is named in the log, once, with its stack.
 */
#include "logged.h"
#include <dirent.h>
#include <pthread.h>
#include <runtime/hold.h>
#include <runtime/watchdog.h>
#include <sched.h>
#include <unistd.h>
#include <weft/metrics.h>

#define STUCK_AFTER (30 * WEFT_MILLISECOND)
#define QUIET       (WEFT__WATCH_QUIET * STUCK_AFTER / WEFT__WATCH_LOOKS)
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

static bool was_named(uint64_t times)
{
    weft_worker_metrics metrics;
    CHECK(weft_worker_measure(0, &metrics));
    return metrics.stuck >= times;
}

/* However little of the processor it gets; and long enough to be named twice. */
static void compute_until_named(uint64_t times)
{
    while (!was_named(times))
        compute(STUCK_AFTER);
    compute(4 * STUCK_AFTER);
}

static void compute_twice(void *arg)
{
    (void)arg;
    compute_until_named(1);
    weft_fiber_rename("reckoner");
    weft_yield();
    compute_until_named(2);
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

/* Others carry its worker meanwhile, and it gets it back, but does not give way. */
static void compute_on(void *arg)
{
    (void)arg;
    compute_until_named(1);
    for (unsigned i = 0; i < 3; i++) {
        WEFT__HOLD_WORKER();
        weft__let_go(weft__was_loose);
        weft__was_loose = NULL;
        compute(8 * STUCK_AFTER);
    }
}

static void coming_back_is_no_new_incident(void **state)
{
    (void)state;
    catch_log();
    run_watched(1, compute_on);
    release_log();
    assert_int_equal(count_in_log("main has run for "), 1);
}

/* The thread sleeps: its fiber is stuck all the same. */
static void block_the_thread(void *arg)
{
    (void)arg;
    while (!was_named(1))
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

/* What two threads that share one processor need to know. */
typedef struct rivals {
    cpu_set_t shared;
    atomic_bool enough;
} rivals;

/* Keeps its processor busy until it is told that it is enough. */
static void *hog(void *arg)
{
    rivals *both = arg;
    CHECK(sched_setaffinity(0, sizeof both->shared, &both->shared) == 0);
    while (!atomic_load(&both->enough))
        continue;
    return NULL;
}

/* Runs only when the other does not want the processor that both use. */
static void starve(void *arg)
{
    rivals *both = arg;
    cpu_set_t before;
    CHECK(sched_getaffinity(0, sizeof before, &before) == 0);
    CHECK(sched_setaffinity(0, sizeof both->shared, &both->shared) == 0);
    CHECK(sched_setscheduler(0, SCHED_IDLE, &(struct sched_param){0}) == 0);
    compute(2 * LONG);
    atomic_store(&both->enough, true);
    (void)sched_setscheduler(0, SCHED_OTHER, &(struct sched_param){0});
    CHECK(sched_setaffinity(0, sizeof before, &before) == 0);
}

/* How often the one that gets nearly nothing is named. */
static size_t namings_of_a_starved_fiber(void)
{
    rivals both = {.enough = false};
    cpu_set_t all;
    pthread_t other;
    weft_runtime_options options = {.workers = 1, .stuck_after = LONG};
    CHECK(sched_getaffinity(0, sizeof all, &all) == 0);
    for (unsigned i = 0; CPU_COUNT(&both.shared) == 0; i++)
        if (CPU_ISSET(i, &all))
            CPU_SET(i, &both.shared);
    CHECK(pthread_create(&other, NULL, hog, &both) == 0);
    catch_log();
    assert_int_equal(weft_runtime_run(&options, starve, &both), WEFT_OK);
    release_log();
    pthread_join(other, NULL);
    return count_in_log("has run for");
}

static void who_does_not_get_the_processor_is_not_named(void **state)
{
    (void)state;
    if (access("/proc/self/schedstat", R_OK) != 0 || getenv("WEFT_VALGRIND")) {
        print_message("# nobody tells who has the processor\n");
        return;
    }
    /* A virtual processor that is taken away counts as used, so once in a while it is named. */
    size_t namings = 1;
    for (unsigned tries = 0; namings > 0 && tries < 5; tries++)
        namings = namings_of_a_starved_fiber();
    assert_int_equal(namings, 0);
}

/* ---- sleeping ---------------------------------------------------------------------------- */

/* How often the watchdog's thread has gone to sleep. */
static long sleeps_of_watchdog(void)
{
    char path[300], line[256];
    long sleeps = -1;
    DIR *threads = opendir("/proc/self/task");
    CHECK(threads != NULL);
    for (struct dirent *each; sleeps < 0 && (each = readdir(threads)) != NULL;) {
        snprintf(path, sizeof path, "/proc/self/task/%s/status", each->d_name);
        FILE *status = fopen(path, "r");
        bool found = false;
        while (status && fgets(line, sizeof line, status)) {
            found = found || strcmp(line, "Name:\tweft-watchdog\n") == 0;
            if (found && sscanf(line, "voluntary_ctxt_switches: %ld", &sleeps) == 1)
                break;
        }
        if (status)
            fclose(status);
    }
    closedir(threads);
    return sleeps;
}

static void sleep_then_compute(void *arg)
{
    (void)arg;
    CHECK(weft_sleep(2 * QUIET) == WEFT_OK);
    long before = sleeps_of_watchdog();
    CHECK(before > 0);
    CHECK(weft_sleep(8 * QUIET) == WEFT_OK); /* it looks for the first eighth of that */
    CHECK(sleeps_of_watchdog() - before <= 4 * WEFT__WATCH_QUIET);
    compute_until_named(1);
}

static void it_sleeps_while_the_workers_do(void **state)
{
    (void)state;
    catch_log();
    run_watched(2, sleep_then_compute);
    release_log();
    assert_int_equal(count_in_log("main has run for "), 1);
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

static void be_named(void *arg)
{
    (void)arg;
    compute_until_named(1);
}

static void the_environment_says_when(void **state)
{
    (void)state;
    catch_log();
    assert_int_equal(setenv("WEFT_STUCK_AFTER_MS", "20", 1), 0);
    assert_int_equal(weft_runtime_run(NULL, be_named, NULL), WEFT_OK);
    assert_int_equal(unsetenv("WEFT_STUCK_AFTER_MS"), 0);
    assert_int_equal(weft_runtime_run(NULL, be_named, NULL), WEFT_OK);
    release_log();
    assert_int_equal(count_in_log("main has run for "), 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_time_is_said_once),
        cmocka_unit_test(coming_back_is_no_new_incident),
        cmocka_unit_test(blocking_calls_are_found),
        cmocka_unit_test(who_gives_way_is_not_named),
        cmocka_unit_test(who_does_not_get_the_processor_is_not_named),
        cmocka_unit_test(it_sleeps_while_the_workers_do),
        cmocka_unit_test(nobody_watches_when_told_so),
        cmocka_unit_test(bounds_are_checked),
        cmocka_unit_test(the_environment_says_when),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
