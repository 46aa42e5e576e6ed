/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * runtime/interval.c: beats. When the next one is depends on when the last one was due, not on when
 * it was heard, so that they do not drift.
 */
#include <weft/runtime.h>

static int64_t add(int64_t time, int64_t duration)
{
    int64_t sum;
    return __builtin_add_overflow(time, duration, &sum) ? WEFT_NEVER : sum;
}

/* When the beat is due that follows the one heard `now`. */
static int64_t following(const weft_interval *interval, int64_t now)
{
    int64_t late = now - interval->next;
    if (interval->missed == WEFT_MISSED_CATCH_UP || late < interval->period)
        return add(interval->next, interval->period);
    if (interval->missed == WEFT_MISSED_DELAY)
        return add(now, interval->period);
    return add(interval->next, late / interval->period * interval->period + interval->period);
}

weft_interval weft_interval_every(int64_t period, weft_missed missed)
{
    return (weft_interval){.period = period, .next = weft_clock_now(), .missed = missed};
}

weft_error weft_interval_wait(weft_interval *interval)
{
    if (interval->period <= 0 || (unsigned)interval->missed > WEFT_MISSED_SKIP)
        return WEFT_INVALID;
    WEFT_TRY(weft_sleep_until(interval->next));
    interval->next = following(interval, weft_clock_now());
    return WEFT_OK;
}
