/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * sync/rwlock.c: the read-write lock. Everything is under the guard, which costs what an atomic
 * operation on the counts would. Whoever lets the lock go, or leaves the line, lets those in that
 * now stand first and may come in; so whoever stands first may not, and nobody passes the line.
 */
#include "sync/wait.h"

enum { READING, WRITING }; /* weft__wait.amount */

/* Under the guard: takes the lock if its holders let it be taken. */
static bool enter(weft_rwlock *lock, uint32_t how)
{
    if (lock->written || (how == WRITING && lock->readers > 0))
        return false;
    if (how == WRITING)
        lock->written = true;
    else
        lock->readers++;
    return true;
}

/* Under the guard: hands the lock to those who stand first and may have it. */
static void admit(weft_rwlock *lock, weft__waits *woken)
{
    for (weft__wait *first; (first = lock->waits.first) && enter(lock, first->amount);) {
        weft__waits_remove(&lock->waits, first);
        weft__woken_add(woken, first);
    }
}

static weft_error leave_line(weft_rwlock *lock, weft_error error)
{
    weft__waits woken = {0};
    admit(lock, &woken);
    weft__guard_unlock(&lock->guard);
    weft__woken_wake(&woken);
    return error;
}

static weft_error acquire(weft_rwlock *lock, uint32_t how, int64_t deadline)
{
    weft__budget_take();
    weft__guard_lock(&lock->guard);
    if (!lock->waits.first && enter(lock, how)) {
        weft__guard_unlock(&lock->guard);
        return WEFT_OK;
    }
    weft__waiter self = weft__waiter_here();
    weft__wait wait = {.waiter = &self, .amount = how};
    weft__waits_append(&lock->waits, &wait);
    weft__guard_unlock(&lock->guard);
    weft_error error = weft__waiter_sleep(&self, deadline);
    if (error && weft__wait_take_back(&lock->guard, &lock->waits, &wait))
        return leave_line(lock, error);
    return WEFT_OK;
}

weft_error weft_rwlock_lock_read(weft_rwlock *lock, int64_t deadline)
{
    return acquire(lock, READING, deadline);
}

weft_error weft_rwlock_lock_write(weft_rwlock *lock, int64_t deadline)
{
    return acquire(lock, WRITING, deadline);
}

static bool try_acquire(weft_rwlock *lock, uint32_t how)
{
    weft__guard_lock(&lock->guard);
    bool acquired = !lock->waits.first && enter(lock, how);
    weft__guard_unlock(&lock->guard);
    return acquired;
}

bool weft_rwlock_try_lock_read(weft_rwlock *lock)
{
    return try_acquire(lock, READING);
}

bool weft_rwlock_try_lock_write(weft_rwlock *lock)
{
    return try_acquire(lock, WRITING);
}

/* A writer is alone, so who unlocks while one holds the lock is that one. */
void weft_rwlock_unlock(weft_rwlock *lock)
{
    WEFT_GIVES(lock);
    weft__waits woken = {0};
    weft__guard_lock(&lock->guard);
    if (lock->written)
        lock->written = false;
    else
        lock->readers--;
    admit(lock, &woken);
    weft__guard_unlock(&lock->guard);
    weft__woken_wake(&woken);
}
