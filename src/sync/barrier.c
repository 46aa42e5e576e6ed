/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * sync/barrier.c: the barrier. Everything is under the guard. The last to arrive takes all off the
 * list in one step, so the next round cannot mix with this one.
 */
#include "sync/wait.h"

void weft_barrier_init(weft_barrier *barrier, uint32_t parties)
{
    *barrier = (weft_barrier){.parties = parties};
}

/* With the guard, which it lets go. */
static void open_up(weft_barrier *barrier)
{
    weft__waits woken = {0};
    barrier->arrived = 0;
    weft__woken_add_all(&woken, &barrier->waits, WEFT_OK);
    weft__guard_unlock(&barrier->guard);
    weft__woken_wake(&woken);
}

/* With the guard, which it lets go. */
static weft_error wait_for_others(weft_barrier *barrier, int64_t deadline)
{
    weft__waiter self = weft__waiter_here();
    weft__wait wait = {.waiter = &self};
    weft__waits_append(&barrier->waits, &wait);
    weft__guard_unlock(&barrier->guard);
    weft_error error = weft__waiter_sleep(&self, deadline);
    if (error && weft__wait_take_back(&barrier->guard, &barrier->waits, &wait)) {
        barrier->arrived--;
        weft__guard_unlock(&barrier->guard);
        return error;
    }
    return WEFT_OK;
}

weft_error weft_barrier_wait(weft_barrier *barrier, int64_t deadline, bool *last)
{
    weft__budget_take();
    weft__guard_lock(&barrier->guard);
    bool complete = ++barrier->arrived >= barrier->parties;
    if (last)
        *last = complete;
    if (!complete)
        return wait_for_others(barrier, deadline);
    open_up(barrier);
    return WEFT_OK;
}
