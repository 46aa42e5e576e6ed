/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * sync/wait.c: wait lists; how fibers and plain threads sleep and are woken.
 */
#include "sync/wait.h"
#include "base/clock.h"
#include <errno.h>
#include <limits.h>
#include <linux/futex.h>
#include <runtime/park.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

/* ---- threads ----------------------------------------------------------------------------- */

/* FUTEX_WAIT_BITSET takes an absolute time of the monotonic clock. */
static weft_error sleep_thread(weft__waiter *waiter, int64_t deadline)
{
    deadline = weft__clock_real(deadline > 0 ? deadline : 0);
    if (deadline < 0)
        deadline = 0;
    struct timespec at = {.tv_sec = deadline / WEFT_SECOND, .tv_nsec = deadline % WEFT_SECOND};
    while (!__atomic_load_n(&waiter->woken, __ATOMIC_ACQUIRE)) {
        long slept = syscall(SYS_futex, &waiter->woken, FUTEX_WAIT_BITSET_PRIVATE, 0,
                             deadline == WEFT_NEVER ? NULL : &at, NULL, FUTEX_BITSET_MATCH_ANY);
        if (slept < 0 && errno == ETIMEDOUT && !__atomic_load_n(&waiter->woken, __ATOMIC_ACQUIRE))
            return WEFT_TIMED_OUT;
    }
    return WEFT_OK;
}

/* The waiter may be gone between the two steps; waking a stranger's address is harmless, because
 * every sleeper looks at its word again. */
static void wake_thread(weft__waiter *waiter)
{
    uint32_t *woken = &waiter->woken;
    __atomic_store_n(woken, 1, __ATOMIC_RELEASE);
    syscall(SYS_futex, woken, FUTEX_WAKE_PRIVATE, 1, NULL, NULL, 0);
}

/* ---- both -------------------------------------------------------------------------------- */

weft_error weft__waiter_sleep(weft__waiter *waiter, int64_t deadline)
{
    if (waiter->fiber)
        return weft__park(deadline);
    int64_t own = weft_deadline_current();
    return sleep_thread(waiter, deadline < own ? deadline : own);
}

void weft__waiter_finish(weft__waiter *waiter)
{
    if (waiter->fiber)
        weft__park_shielded();
    else
        (void)!sleep_thread(waiter, WEFT_NEVER);
}

void weft__wait_wake(weft__wait *wait)
{
    weft__waiter *waiter = wait->waiter;
    if (waiter->fiber)
        weft__unpark(waiter->fiber);
    else
        wake_thread(waiter);
}

bool weft__wait_take_back(uint32_t *guard, weft__waits *waits, weft__wait *wait)
{
    weft__guard_lock(guard);
    if (wait->listed) {
        weft__waits_remove(waits, wait);
        return true;
    }
    weft__guard_unlock(guard);
    weft__waiter_finish(wait->waiter);
    return false;
}

weft_error weft__wait_in(uint32_t *guard, weft__waits *waits, void *item, int64_t deadline)
{
    weft__waiter self = weft__waiter_here();
    weft__wait wait = {.waiter = &self, .item = item, .result = WEFT_BUSY};
    weft__waits_append(waits, &wait);
    weft__guard_unlock(guard);
    weft_error error = weft__waiter_sleep(&self, deadline);
    if (error && weft__wait_take_back(guard, waits, &wait)) {
        weft__guard_unlock(guard);
        return error;
    }
    return wait.result;
}

/* ---- several ----------------------------------------------------------------------------- */

void weft__woken_add_all(weft__waits *woken, weft__waits *waits, weft_error result)
{
    for (weft__wait *wait; (wait = weft__waits_shift(waits));) {
        wait->result = result;
        weft__woken_add(woken, wait);
    }
}

void weft__woken_wake(weft__waits *woken)
{
    for (weft__wait *wait = woken->first, *next; wait; wait = next) {
        next = wait->next; /* the wait is gone once it is woken */
        weft__wait_wake(wait);
    }
}
