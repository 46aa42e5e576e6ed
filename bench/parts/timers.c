/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * bench/parts/timers: a million timers in one wheel, fired over two seconds, tick by tick. What
 * one tick costs at the worst says whether the wheel shows as a step in latency. CPU time, because
 * a neighbour's time slice is longer than any tick.
 */
#include <inttypes.h>
#include <runtime/wheel.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "measure.h"

enum { TIMERS = 1000000, FIRST = 2000, SPREAD = 2000 }; /* the latter two in ticks */

static long fired;

static void fire(weft__timer *timer)
{
    (void)timer;
    fired++;
}

static weft__wheel wheel;
static weft__timer *timers;

/* In a wheel of its own that goes on turning. */
static void arm_and_fire(unsigned times)
{
    static weft__wheel turning;
    static int64_t tick;
    if (tick == 0)
        weft__wheel_init(&turning, 0);
    for (unsigned i = 0; i < times; i++) {
        timers[i].fn = fire;
        weft__wheel_arm(&turning, &timers[i], (tick + 1 + i % SPREAD) * WEFT__TICK);
    }
    for (int64_t end = tick + SPREAD + 1; tick < end; tick++)
        weft__wheel_expire(&turning, (tick + 1) * WEFT__TICK);
}

static int64_t cpu_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return now.tv_sec * WEFT_SECOND + now.tv_nsec;
}

static void arm_all(void)
{
    int64_t begin = cpu_now();
    for (long i = 0; i < TIMERS; i++) {
        int64_t after = rand() % (SPREAD * 1000);
        timers[i].fn = fire;
        weft__wheel_arm(&wheel, &timers[i], FIRST * WEFT__TICK + after * WEFT_MICROSECOND);
    }
    printf("armed: %.1f ns each, random numbers included\n", (double)(cpu_now() - begin) / TIMERS);
}

static void fire_all(void)
{
    int64_t sum = 0, worst = 0;
    for (int64_t tick = 1; tick <= FIRST + SPREAD; tick++) {
        int64_t begin = cpu_now();
        (void)weft__wheel_next(&wheel);
        weft__wheel_expire(&wheel, tick * WEFT__TICK);
        int64_t cost = cpu_now() - begin;
        sum += cost;
        worst = cost > worst ? cost : worst;
    }
    printf("fired: %ld, %.1f ns each; the most expensive tick of 1 ms: %" PRId64 " us\n", fired,
           (double)sum / TIMERS, worst / WEFT_MICROSECOND);
}

int main(void)
{
    timers = calloc(TIMERS, sizeof *timers);
    if (timers == NULL)
        return 1;
    measure("timer armed and fired", arm_and_fire, 500000);
    if (!measure_counts()) {
        fired = 0;
        weft__wheel_init(&wheel, 0);
        arm_all();
        fire_all();
    }
    free(timers);
    return 0;
}
