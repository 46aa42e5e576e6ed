/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * scenarios/adoption.c: a worker is taken from the thread that carries it, at any moment, and comes
 * back: what belongs to a worker is used by one thread at a time, nothing is lost, and everything
 * comes to its end.
 */
#include "fibers.h"
#include <runtime/carrier.h>
#include <runtime/runtime.h>

static void run_adopted(unsigned spares, weft_fiber_fn *fn)
{
    weft_runtime_options options = {.workers = 1,
                                    .stack_size = 64 << 10,
                                    .blocking_threads = 1,
                                    .blocking_queue = 1,
                                    .stuck_after = WEFT_NEVER,
                                    .spare_threads = spares};
    CHECK(weft_runtime_run(&options, fn, NULL) == WEFT_OK);
}

static _Atomic unsigned adopted;

/* What the watchdog does, whether anybody is stuck or not. */
static void *adopt(void *unused)
{
    const char *name = NULL;
    const weft_fiber *running = weft__carrier_of(weft__runtime_worker(0)).running;
    if (running && weft__carrier_replace(weft__runtime_worker(0), running, 1, &name) == WEFT_OK) {
        CHECK(name != NULL);
        atomic_fetch_add(&adopted, 1);
    }
    return unused;
}

/* ---- one at a time ------------------------------------------------------------------------------- */

static unsigned inside; /* belongs to the worker */
static _Atomic unsigned looked_at;

static void use_worker(void)
{
    WEFT__HOLD_WORKER();
    CHECK(inside++ == 0);
    atomic_fetch_add(&looked_at, 1);
    CHECK(--inside == 0);
}

static void use_twice(void *unused)
{
    (void)unused;
    unsigned long thread = pthread_self();
    use_worker();
    use_worker();
    CHECK(thread == pthread_self());
}

static void be_adopted(void *unused)
{
    (void)unused;
    weft_fiber *other;
    CHECK(weft_fiber_spawn(&other, "other", use_twice, NULL) == WEFT_OK);
    explore_begin();
    pthread_t watchdog = start(adopt, NULL);
    use_twice(NULL);
    weft_fiber_join(other);
    CHECK(looked_at == 4);
    pthread_join(watchdog, NULL);
    explore_end();
}

SCENARIO(adoption_hands_over, 3, "a worker is adopted while its fibers use it, and comes back")
{
    run_adopted(1, be_adopted);
}

/* ---- one after the other ------------------------------------------------------------------------- */

static void be_adopted_twice(void *unused)
{
    (void)unused;
    weft_fiber *other;
    CHECK(weft_fiber_spawn(&other, "other", use_twice, NULL) == WEFT_OK);
    explore_begin();
    pthread_t watchdog = start(adopt, NULL), again = start(adopt, NULL);
    use_worker();
    weft_fiber_join(other);
    CHECK(looked_at == 3);
    pthread_join(watchdog, NULL);
    pthread_join(again, NULL);
    explore_end();
}

SCENARIO(adoption_twice, 2, "the thread that has adopted a worker loses it to another, or back")
{
    run_adopted(2, be_adopted_twice);
}

/* ---- without its worker -------------------------------------------------------------------------- */

static weft_fiber *sleeper;

static void wait_once(void *unused)
{
    (void)unused;
    CHECK(weft__park(WEFT_NEVER) == WEFT_OK);
    use_worker();
}

/* Waking and cancelling never wait for the worker. */
static void wake_and_spawn(void *unused)
{
    (void)unused;
    weft_fiber *other;
    CHECK(weft_fiber_spawn(&sleeper, "sleeper", wait_once, NULL) == WEFT_OK);
    weft_yield();
    explore_begin();
    pthread_t watchdog = start(adopt, NULL);
    weft__unpark(sleeper);
    CHECK(weft_fiber_spawn(&other, "other", use_twice, NULL) == WEFT_OK);
    weft_fiber_join(sleeper);
    weft_fiber_cancel(other);
    weft_fiber_join(other);
    CHECK(looked_at == 3);
    pthread_join(watchdog, NULL);
    explore_end();
}

SCENARIO(adoption_wakes, 3, "a fiber whose worker was taken wakes, spawns and cancels others")
{
    run_adopted(1, wake_and_spawn);
}
