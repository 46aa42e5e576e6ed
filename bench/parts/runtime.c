/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * bench/parts/runtime: what the runtime's operations cost.
 */
#include <runtime/park.h>
#include <runtime/reactor.h>
#include <stdio.h>
#include <stdlib.h>
#include <weft/channel.h>
#include <weft/scope.h>
#include <weft/sync.h>

#include "measure.h"

enum { TIMES = 200000 };

static void check(weft_error error)
{
    if (error) {
        fprintf(stderr, "failed: %s\n", weft_error_text(error));
        exit(1);
    }
}

/* ---- what is measured --------------------------------------------------------------------- */

static void yield_often(unsigned times)
{
    for (unsigned i = 0; i < times / 2; i++) /* each yield is a switch away and one back */
        weft_yield();
}

static void nothing(void *arg)
{
    (void)arg;
}

static weft_error succeed(void *arg)
{
    (void)arg;
    return WEFT_OK;
}

static void scope_of(unsigned children)
{
    weft_scope scope;
    weft_scope_enter(&scope, WEFT_SCOPE_ALL);
    for (unsigned i = 0; i < children; i++)
        check(weft_scope_spawn(&scope, "child", succeed, NULL));
    check(weft_scope_leave(&scope));
}

static void scope_of_one(unsigned times)
{
    for (unsigned i = 0; i < times; i++)
        scope_of(1);
}

static void scope_of_many(unsigned times)
{
    for (unsigned i = 0; i < times; i += 50)
        scope_of(50);
}

static void shield(unsigned times)
{
    for (unsigned i = 0; i < times; i++)
        weft_shield_end(weft_shield_begin());
}

static void spawn_and_join(unsigned times)
{
    for (unsigned i = 0; i < times; i++) {
        weft_fiber *fiber;
        check(weft_fiber_spawn(&fiber, "bench", nothing, NULL));
        weft_fiber_join(fiber);
    }
}

static void start_detached(unsigned times)
{
    for (unsigned i = 0; i < times; i++) {
        check(weft__fiber_start("bench", nothing, NULL));
        weft_yield();
    }
}

static void start_in_bursts(unsigned times)
{
    for (unsigned i = 0; i < times; i += 50) {
        for (unsigned j = 0; j < 50; j++)
            check(weft__fiber_start("bench", nothing, NULL));
        weft_yield();
    }
}

static void lock_and_unlock(unsigned times)
{
    weft_mutex mutex = WEFT_MUTEX_INIT;
    for (unsigned i = 0; i < times; i++) {
        check(weft_mutex_lock(&mutex, WEFT_NEVER));
        weft_mutex_unlock(&mutex);
    }
}

static void arm_and_cancel(unsigned times)
{
    WEFT__HOLD_WORKER();
    weft__timer timer = {0};
    int64_t deadline = weft__worker_now() + WEFT_SECOND;
    for (unsigned i = 0; i < times; i++) {
        weft__timer_arm(&timer, deadline + (int64_t)i * 1000);
        weft__timer_cancel(&timer);
    }
}

static void unpark_and_park(unsigned times)
{
    for (unsigned i = 0; i < times; i++) {
        weft__unpark(weft_fiber_current());
        check(weft__park(WEFT_NEVER));
    }
}

static weft_channel *there, *back;

static void echo(void *arg)
{
    int item;
    (void)arg;
    while (weft_channel_receive(there, &item, WEFT_NEVER) == WEFT_OK)
        check(weft_channel_send(back, &item, WEFT_NEVER));
}

static void hop(unsigned times)
{
    for (unsigned i = 0, item; i < times / 2; i++) {
        check(weft_channel_send(there, &i, WEFT_NEVER));
        check(weft_channel_receive(back, &item, WEFT_NEVER));
    }
}

static void hop_between(unsigned worker, const char *what, unsigned times)
{
    weft_fiber *partner;
    there = weft_channel_create(sizeof(int), 1);
    back = weft_channel_create(sizeof(int), 1);
    check(weft_fiber_spawn_on(&partner, worker, "echo", echo, NULL));
    measure(what, hop, times);
    weft_channel_close(there);
    weft_fiber_join(partner);
    weft_channel_destroy(there);
    weft_channel_destroy(back);
}

static void hand_off(unsigned times)
{
    for (unsigned i = 0; i < times; i++)
        check(weft_blocking_run(nothing, NULL));
}

static void run(void *arg)
{
    (void)arg;
    measure("switch, one way", yield_often, TIMES);
    measure("spawn + run + join of a pooled fiber", spawn_and_join, TIMES);
    measure("start + run + end, one at a time", start_detached, TIMES);
    measure("start + run + end, in bursts of 50", start_in_bursts, TIMES);
    measure("scope with one child: enter, spawn, leave", scope_of_one, TIMES);
    measure("scope with 50 children, each", scope_of_many, TIMES);
    measure("shield begin + end", shield, TIMES);
    measure("mutex lock + unlock, uncontended", lock_and_unlock, TIMES);
    measure("timer arm + cancel", arm_and_cancel, TIMES);
    measure("unpark + park without waiting", unpark_and_park, TIMES);
    hop_between(0, "channel hop, one worker", TIMES);
    if (measure_counts())
        return;
    hop_between(1, "channel hop, two workers (own CPU)", TIMES / 20);
    measure("blocking_run (own CPU)", hand_off, TIMES / 20);
}

int main(void)
{
    weft_runtime_options options = {.workers = measure_counts() ? 1 : 2};
    check(weft_runtime_run(&options, run, NULL));
    return 0;
}
