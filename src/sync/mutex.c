/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * sync/mutex.c: the mutex. Without contention it is one atomic operation on `state` each way. With
 * waiters an unlock hands the lock to the oldest of them without ever freeing it, so that nobody
 * can overtake.
 */
#include "sync/wait.h"

enum { FREE, HELD, CONTENDED };

static bool acquire(weft_mutex *mutex)
{
    uint32_t expected = FREE;
    return __atomic_compare_exchange_n(&mutex->state, &expected, HELD, false, __ATOMIC_ACQUIRE,
                                       __ATOMIC_RELAXED);
}

/* False when somebody waits. */
static bool release(weft_mutex *mutex)
{
    uint32_t expected = HELD;
    return __atomic_compare_exchange_n(&mutex->state, &expected, FREE, false, __ATOMIC_RELEASE,
                                       __ATOMIC_RELAXED);
}

bool weft_mutex_try_lock(weft_mutex *mutex)
{
    return acquire(mutex);
}

/* Under the guard: true when the lock was free after all and is ours, false when we are listed. */
static bool acquire_or_list(weft_mutex *mutex, weft__wait *wait)
{
    if (__atomic_exchange_n(&mutex->state, CONTENDED, __ATOMIC_ACQUIRE) != FREE) {
        weft__waits_append(&mutex->waits, wait);
        return false;
    }
    /* Nobody waits: those who do keep the lock from becoming free. */
    __atomic_store_n(&mutex->state, HELD, __ATOMIC_RELAXED);
    return true;
}

/* Under the guard, after a wait has left the list; the lock is held by somebody. */
static void update_state(weft_mutex *mutex)
{
    if (!mutex->waits.first)
        __atomic_store_n(&mutex->state, HELD, __ATOMIC_RELAXED);
}

/* Comes also when the budget is used up; then the lock may well be free. */
static __attribute__((noinline)) weft_error lock_slowly(weft_mutex *mutex, int64_t deadline)
{
    weft__waiter self = weft__waiter_here();
    weft__wait wait = {.waiter = &self};
    weft__budget_settle();
    weft__guard_lock(&mutex->guard);
    bool acquired = acquire_or_list(mutex, &wait);
    weft__guard_unlock(&mutex->guard);
    if (acquired)
        return WEFT_OK;
    weft_error error = weft__waiter_sleep(&self, deadline);
    if (error && weft__wait_take_back(&mutex->guard, &mutex->waits, &wait)) {
        update_state(mutex);
        weft__guard_unlock(&mutex->guard);
        return error;
    }
    return WEFT_OK;
}

weft_error weft_mutex_lock(weft_mutex *mutex, int64_t deadline)
{
    if (WEFT_LIKELY(weft__budget_lasts() && acquire(mutex)))
        return WEFT_OK;
    return lock_slowly(mutex, deadline);
}

/* The mutex may be gone once the lock is free, so that is the last step, and never taken under the
 * guard. */
static __attribute__((noinline)) void unlock_slowly(weft_mutex *mutex)
{
    weft__wait *next;
    do {
        weft__guard_lock(&mutex->guard);
        next = weft__waits_shift(&mutex->waits);
        update_state(mutex);
        weft__guard_unlock(&mutex->guard);
    } while (!next && !release(mutex));
    if (next)
        weft__wait_wake(next);
}

void weft_mutex_unlock(weft_mutex *mutex)
{
    WEFT_GIVES(mutex);
    if (WEFT_UNLIKELY(!release(mutex)))
        unlock_slowly(mutex);
}
