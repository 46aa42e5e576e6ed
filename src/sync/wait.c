/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * sync/wait.c: wait lists; how fibers and plain threads sleep and are woken.
 */
#include "sync/wait.h"
#include <errno.h>
#include <limits.h>
#include <linux/futex.h>
#include <runtime/park.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

void weft__waits_append(weft__waits *waits, weft__wait *wait)
{
    wait->listed = true;
    wait->next = NULL;
    wait->previous = waits->last;
    if (waits->last)
        waits->last->next = wait;
    else
        waits->first = wait;
    waits->last = wait;
}

void weft__waits_remove(weft__waits *waits, weft__wait *wait)
{
    if (wait->previous)
        wait->previous->next = wait->next;
    else
        waits->first = wait->next;
    if (wait->next)
        wait->next->previous = wait->previous;
    else
        waits->last = wait->previous;
    wait->listed = false;
}

weft__wait *weft__waits_shift(weft__waits *waits)
{
    weft__wait *wait = waits->first;
    if (wait)
        weft__waits_remove(waits, wait);
    return wait;
}

weft__wait weft__wait_here(void)
{
    return (weft__wait){.fiber = weft_fiber_current()};
}

/* ---- threads ----------------------------------------------------------------------------- */

/* FUTEX_WAIT_BITSET takes an absolute time of the monotonic clock. */
static weft_error sleep_thread(weft__wait *wait, int64_t deadline)
{
    if (deadline < 0)
        deadline = 0;
    struct timespec at = {.tv_sec = deadline / WEFT_SECOND, .tv_nsec = deadline % WEFT_SECOND};
    while (!__atomic_load_n(&wait->woken, __ATOMIC_ACQUIRE)) {
        long slept = syscall(SYS_futex, &wait->woken, FUTEX_WAIT_BITSET_PRIVATE, 0,
                             deadline == WEFT_NEVER ? NULL : &at, NULL, FUTEX_BITSET_MATCH_ANY);
        if (slept < 0 && errno == ETIMEDOUT && !__atomic_load_n(&wait->woken, __ATOMIC_ACQUIRE))
            return WEFT_TIMED_OUT;
    }
    return WEFT_OK;
}

/* The wait may be gone between the two steps; waking a stranger's address is harmless, because every
 * sleeper looks at its word again. */
static void wake_thread(weft__wait *wait)
{
    uint32_t *woken = &wait->woken;
    __atomic_store_n(woken, 1, __ATOMIC_RELEASE);
    syscall(SYS_futex, woken, FUTEX_WAKE_PRIVATE, 1, NULL, NULL, 0);
}

/* ---- both -------------------------------------------------------------------------------- */

weft_error weft__wait_sleep(weft__wait *wait, int64_t deadline)
{
    if (wait->fiber)
        return weft__park(deadline);
    int64_t own = weft_deadline_current();
    return sleep_thread(wait, deadline < own ? deadline : own);
}

void weft__wait_finish(weft__wait *wait)
{
    if (wait->fiber)
        weft__park_shielded();
    else
        (void)!sleep_thread(wait, WEFT_NEVER);
}

void weft__wait_wake(weft__wait *wait)
{
    if (wait->fiber)
        weft__unpark(wait->fiber);
    else
        wake_thread(wait);
}
