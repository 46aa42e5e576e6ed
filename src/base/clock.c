/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * base/clock.c: the two clocks, and deadlines on the monotonic one.
 */
#include <time.h>
#include <weft/base.h>

static int64_t read_clock(clockid_t clock)
{
    struct timespec now;
    (void)clock_gettime(clock, &now); /* cannot fail for the clocks asked for here */
    return (int64_t)now.tv_sec * WEFT_SECOND + now.tv_nsec;
}

int64_t weft_clock_now(void)
{
    return read_clock(CLOCK_MONOTONIC);
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
