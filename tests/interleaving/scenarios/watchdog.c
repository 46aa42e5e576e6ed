/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * scenarios/watchdog.c: the watchdog falls asleep, after one look at workers that all sleep, while
 * one of them is woken.
 */
#include "fibers.h"
#include <runtime/park.h>
#include <runtime/runtime.h>
#include <runtime/watchdog.h>
#include <stdatomic.h>
#include <time.h>

#define STUCK_AFTER (100 * WEFT_MILLISECOND)

static weft_fiber *sleeper;

static void *wake_the_worker(void *unused)
{
    explore_pass(STUCK_AFTER / WEFT__WATCH_LOOKS); /* the watchdog looks */
    weft__unpark(sleeper);
    return unused;
}

/* Time passes when nobody else can go on: by then the watchdog waits for its next look, or for a
 * worker to wake it. */
static void compute(void)
{
    nanosleep(&(struct timespec){0, 1}, NULL);
    CHECK(!atomic_load(&weft__watchdog_asleep));
}

static void sleep_then_compute(void *unused)
{
    (void)unused;
    sleeper = weft_fiber_current();
    explore_may_be_late(&weft__runtime_worker(0)->sleeping);
    explore_begin();
    pthread_t waker = start(wake_the_worker, NULL);
    CHECK(weft__park(WEFT_NEVER) == WEFT_OK);
    compute();
    pthread_join(waker, NULL);
    explore_end();
}

SCENARIO(watchdog_falls_asleep, 4, "a worker wakes while the watchdog falls asleep")
{
    weft_runtime_options options = {.workers = 1,
                                    .stack_size = 64 << 10,
                                    .blocking_threads = 1,
                                    .blocking_queue = 1,
                                    .stuck_after = STUCK_AFTER};
    CHECK(weft_runtime_run(&options, sleep_then_compute, NULL) == WEFT_OK);
}
