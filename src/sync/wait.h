/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * sync/wait.h: how fibers and plain threads wait. A waiter is one of them; a wait is its place in
 * the list of one object. Both lie on the waiter's stack. A select has one waiter and a wait for
 * each of its cases, everybody else one of each.
 *
 * Protocol. Lists and `listed` are touched under the object's guard. Who serves a wait takes it off
 * its list and claims it (both by weft__waits_shift), sets its result, all under the guard, and
 * calls weft__wait_wake after letting go of the guard, exactly once. The waiter may be gone as soon
 * as that has been called, and not before: a waiter whose sleep has ended otherwise takes its wait
 * back under the guard, and if it was served already, sleeps again, for the wake-up that is certain
 * to come.
 *
 * A waiter with several waits can be served by several objects at once, so there the claim is an
 * atomic flag of the waiter; one server wins, the others find the wait dead, drop it and go on to
 * the next in line. The waiter itself claims the flag when it gives up.
 */
#ifndef WEFT_SYNC_WAIT_H
#define WEFT_SYNC_WAIT_H

#include "runtime/budget.h"
#include "runtime/guard.h"
#include <weft/select.h>

typedef struct weft__waiter {
    weft_fiber *fiber; /* NULL: a plain thread, which sleeps on `woken` */
    uint32_t woken;
    uint32_t claimed;
    weft__wait *served; /* which of several was claimed; set by the waker */
    bool choosing;      /* there are several */
} weft__waiter;

static inline weft__waiter weft__waiter_here(void) /* the calling fiber or thread */
{
    return (weft__waiter){.fiber = weft_fiber_current()};
}

/* ---- lists, under the guard -------------------------------------------------------------- */

static inline void weft__waits_append(weft__waits *waits, weft__wait *wait)
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

static inline void weft__waits_remove(weft__waits *waits, weft__wait *wait)
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

/* False when another one has served, or given up, this waiter; it may not be woken then. */
static inline bool weft__wait_claim(weft__wait *wait)
{
    weft__waiter *waiter = wait->waiter;
    if (!waiter->choosing)
        return true;
    if (__atomic_exchange_n(&waiter->claimed, 1, __ATOMIC_ACQ_REL))
        return false;
    waiter->served = wait;
    return true;
}

/* Takes off and returns the oldest that can be claimed; NULL when there is none. */
static inline weft__wait *weft__waits_shift(weft__waits *waits)
{
    for (weft__wait *wait; (wait = waits->first);) {
        weft__waits_remove(waits, wait);
        if (weft__wait_claim(wait))
            return wait;
    }
    return NULL;
}

/* ---- sleeping and waking ----------------------------------------------------------------- */

/* Suspends the fiber, or blocks the thread, until it is woken (WEFT_OK), the deadline or its own
 * comes, or the fiber is cancelled. */
weft_error weft__waiter_sleep(weft__waiter *waiter, int64_t deadline) WEFT_NODISCARD;
void weft__waiter_finish(weft__waiter *waiter); /* consumes a wake-up that is certain to come */
void weft__wait_wake(weft__wait *wait);

/* For a waiter with one wait whose sleep has ended without a wake-up. True: it has been taken off
 * the list, and the guard is held. False: it was served, and now is awake. */
bool weft__wait_take_back(uint32_t *guard, weft__waits *waits, weft__wait *wait) WEFT_NODISCARD;

/* All of it for a wait that leaves nothing to put right: comes with the guard, leaves without it.
 * The result that the waker has set, WEFT_BUSY if it has not; or WEFT_TIMED_OUT, WEFT_CANCELLED. */
weft_error weft__wait_in(uint32_t *guard, weft__waits *waits, void *item, int64_t deadline)
    WEFT_NODISCARD;

/* Several that were taken off a list, linked by `next`, to be woken once the guard is let go. */
static inline void weft__woken_add(weft__waits *woken, weft__wait *wait)
{
    wait->next = NULL;
    if (woken->last)
        woken->last->next = wait;
    else
        woken->first = wait;
    woken->last = wait;
}

void weft__woken_add_all(weft__waits *woken, weft__waits *waits, weft_error result);
void weft__woken_wake(weft__waits *woken);

#endif
