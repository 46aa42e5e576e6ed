/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * base/clock.c: the two clocks, and deadlines on the monotonic one.
 */
#include "base/clock.h"
#include <stdatomic.h>
#include <time.h>

static _Atomic int64_t standing; /* what the monotonic clock answers; 0: the time */

static int64_t read_clock(clockid_t clock)
{
    struct timespec now;
    (void)clock_gettime(clock, &now); /* cannot fail for the clocks asked for here */
    return (int64_t)now.tv_sec * WEFT_SECOND + now.tv_nsec;
}

void weft__clock_set(int64_t now)
{
    atomic_store_explicit(&standing, now, memory_order_relaxed);
}

int64_t weft_clock_now(void)
{
    int64_t now = atomic_load_explicit(&standing, memory_order_relaxed);
    return WEFT_UNLIKELY(now) ? now : read_clock(CLOCK_MONOTONIC);
}

int64_t weft__clock_real(int64_t deadline)
{
    int64_t now = atomic_load_explicit(&standing, memory_order_relaxed), real;
    if (now == 0 || deadline == WEFT_NEVER)
        return deadline;
    return __builtin_add_overflow(read_clock(CLOCK_MONOTONIC), deadline - now, &real) ? WEFT_NEVER
                                                                                      : real;
}

int64_t weft_clock_realtime(void)
{
    return read_clock(CLOCK_REALTIME);
}

int64_t weft_deadline_after(int64_t duration)
{
    int64_t now = weft_clock_now(), deadline;
    if (duration <= 0)
        return now;
    return __builtin_add_overflow(now, duration, &deadline) ? WEFT_NEVER : deadline;
}
