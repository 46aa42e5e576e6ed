/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * sync/semaphore.c: the semaphore. Everything is under the guard. Permits are handed to the oldest
 * waiter as soon as there are enough for it, by whoever brings them or leaves the line before it;
 * so whoever stands first wants more than there are, and nobody passes the line.
 */
#include "sync/wait.h"

void weft_semaphore_init(weft_semaphore *semaphore, uint32_t permits, uint32_t max)
{
    *semaphore = (weft_semaphore){.permits = permits < max ? permits : max, .max = max};
}

/* Under the guard. */
static bool take(weft_semaphore *semaphore, uint32_t count)
{
    if (count > semaphore->permits)
        return false;
    semaphore->permits -= count;
    return true;
}

/* Under the guard: gives those who stand first what they want. */
static void serve(weft_semaphore *semaphore, weft__waits *woken)
{
    for (weft__wait *first; (first = semaphore->waits.first) && take(semaphore, first->amount);) {
        weft__waits_remove(&semaphore->waits, first);
        weft__woken_add(woken, first);
    }
}

static weft_error leave_line(weft_semaphore *semaphore, weft_error error)
{
    weft__waits woken = {0};
    serve(semaphore, &woken);
    weft__guard_unlock(&semaphore->guard);
    weft__woken_wake(&woken);
    return error;
}

weft_error weft_semaphore_acquire(weft_semaphore *semaphore, uint32_t count, int64_t deadline)
{
    if (count > semaphore->max)
        return WEFT_INVALID;
    weft__budget_take();
    weft__guard_lock(&semaphore->guard);
    if (!semaphore->waits.first && take(semaphore, count)) {
        weft__guard_unlock(&semaphore->guard);
        return WEFT_OK;
    }
    weft__waiter self = weft__waiter_here();
    weft__wait wait = {.waiter = &self, .amount = count};
    weft__waits_append(&semaphore->waits, &wait);
    weft__guard_unlock(&semaphore->guard);
    weft_error error = weft__waiter_sleep(&self, deadline);
    if (error && weft__wait_take_back(&semaphore->guard, &semaphore->waits, &wait))
        return leave_line(semaphore, error);
    return WEFT_OK;
}

bool weft_semaphore_try_acquire(weft_semaphore *semaphore, uint32_t count)
{
    weft__guard_lock(&semaphore->guard);
    bool taken = !semaphore->waits.first && take(semaphore, count);
    weft__guard_unlock(&semaphore->guard);
    return taken;
}

weft_error weft_semaphore_release(weft_semaphore *semaphore, uint32_t count)
{
    weft__waits woken = {0};
    weft__guard_lock(&semaphore->guard);
    bool fits = count <= semaphore->max - semaphore->permits;
    if (fits) {
        semaphore->permits += count;
        serve(semaphore, &woken);
    }
    weft__guard_unlock(&semaphore->guard);
    weft__woken_wake(&woken);
    return fits ? WEFT_OK : WEFT_LIMIT;
}
