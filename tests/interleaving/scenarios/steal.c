/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * scenarios/steal.c: fibers that have not started are offered to idle workers: the deque alone,
 * which holds two here, and workers that fall asleep while something is offered.
 */
#include "fibers.h"
#include <runtime/deque.h>
#include <runtime/reactor.h>
#include <stdatomic.h>

/* ---- the deque ----------------------------------------------------------------------------------- */

enum { OFFERED = 4 };

static weft__deque deque;
static _Atomic unsigned taken[OFFERED];

/* What lies in the deque is not looked into. */
static weft_fiber *numbered(unsigned number)
{
    return (weft_fiber *)(void *)&taken[number];
}

static bool take_one(void)
{
    weft_fiber *fiber = weft__deque_take(&deque);
    if (fiber)
        CHECK(atomic_fetch_add((_Atomic unsigned *)(void *)fiber, 1) == 0);
    return fiber != NULL;
}

static void *take_two(void *unused)
{
    take_one();
    take_one();
    return unused;
}

SCENARIO(deque_takes_once, 5, "one puts in and takes out, another takes out, of a deque of two")
{
    explore_begin();
    pthread_t thief = start(take_two, NULL);
    for (unsigned i = 0; i < OFFERED; i++)
        while (!weft__deque_put(&deque, numbered(i)))
            take_one();
    pthread_join(thief, NULL);
    while (take_one())
        continue;
    CHECK(weft__deque_is_empty(&deque));
    for (unsigned i = 0; i < OFFERED; i++)
        CHECK(taken[i] == 1);
}

SCENARIO(deque_two_thieves, 4, "two take from a deque of two while it is filled")
{
    explore_begin();
    pthread_t first = start(take_two, NULL), second = start(take_two, NULL);
    unsigned put = 0;
    while (put < OFFERED - 1 && weft__deque_put(&deque, numbered(put)))
        put++;
    pthread_join(first, NULL);
    pthread_join(second, NULL);
    while (take_one())
        continue;
    for (unsigned i = 0; i < put; i++)
        CHECK(taken[i] == 1);
}

/* ---- workers ------------------------------------------------------------------------------------- */

static _Atomic unsigned started;

static void count_start(void *unused)
{
    (void)unused;
    atomic_fetch_add(&started, 1);
}

/* Three fibers, of which this worker runs one first: the others are offered. */
static void offer_two(void *unused)
{
    (void)unused;
    weft_fiber *fibers[3];
    explore_begin();
    for (unsigned i = 0; i < 3; i++)
        CHECK(weft_fiber_spawn_on(&fibers[i], WEFT_ANYWHERE, "anywhere", count_start, NULL) ==
              WEFT_OK);
    for (unsigned i = 0; i < 3; i++)
        weft_fiber_join(fibers[i]);
    CHECK(started == 3);
    explore_end();
}

static void run_stealing(unsigned workers, weft_fiber_fn *fn)
{
    weft_runtime_options options = {.workers = workers,
                                    .stack_size = 64 << 10,
                                    .blocking_threads = 1,
                                    .blocking_queue = 1,
                                    .stuck_after = WEFT_NEVER,
                                    .stealing = WEFT_STEALING_EAGER};
    CHECK(weft_runtime_run(&options, fn, NULL) == WEFT_OK);
}

SCENARIO(steal_starts_once, 3, "an idle worker takes fibers that another one offers")
{
    run_stealing(2, offer_two);
}

/* An offered fiber is cancelled by its owner while a thief takes it. */
static weft_error slept;

static void sleep_long(void *unused)
{
    (void)unused;
    slept = weft_sleep(WEFT_HOUR);
}

static void cancel_offered(void *unused)
{
    (void)unused;
    weft_fiber *first, *offered;
    explore_begin();
    CHECK(weft_fiber_spawn_on(&first, WEFT_ANYWHERE, "first", count_start, NULL) == WEFT_OK);
    CHECK(weft_fiber_spawn_on(&offered, WEFT_ANYWHERE, "offered", sleep_long, NULL) == WEFT_OK);
    weft_yield();
    weft_fiber_cancel(offered);
    weft_fiber_join(first);
    weft_fiber_join(offered);
    CHECK(slept == WEFT_CANCELLED);
    explore_end();
}

SCENARIO(steal_cancel, 4, "a fiber that is offered is cancelled while it is taken")
{
    run_stealing(2, cancel_offered);
}
