/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * weft/sync.h: how fibers keep out of each other's way: locks and signals in the caller's memory,
 * where all zeroes is a fresh one unless an init function says otherwise, and nothing has to be
 * freed. Everything works between fibers of different workers and between fibers and plain threads.
 * Waits are first come, first served; each takes an absolute deadline, and also ends by the fiber's
 * own deadline and by cancellation. A call that does not have to wait succeeds whatever the
 * deadline, and a cancelled fiber too.
 */
#ifndef WEFT_SYNC_H
#define WEFT_SYNC_H

#include <weft/base.h>

/* Who waits for an object: fibers and threads, oldest first. */
typedef struct weft__waits {
    struct weft__wait *first, *last;
} weft__waits;

/* ---- mutex ---------------------------------------------------------------------------------- */

/* Not recursive. May be held across waits. */
typedef struct WEFT_OWNED("lock") weft_mutex {
    uint32_t state; /* 0 free, 1 held, 2 held with waiters */
    uint32_t guard; /* a short spin lock around the list */
    weft__waits waits;
} weft_mutex;

#define WEFT_MUTEX_INIT \
    {                   \
        0               \
    }

/* WEFT_OK and the lock is held, or WEFT_TIMED_OUT or WEFT_CANCELLED and it is not. Suspends. */
weft_error weft_mutex_lock(weft_mutex *mutex, int64_t deadline) WEFT_TRY_OPENS(mutex)
    WEFT_NODISCARD WEFT_NONNULL(1);
bool weft_mutex_try_lock(weft_mutex *mutex) WEFT_IF_OPENS(mutex) WEFT_NODISCARD WEFT_NONNULL(1);

/* Hands over to the oldest waiter. */
void weft_mutex_unlock(weft_mutex *mutex) WEFT_CLOSES(mutex) WEFT_NONNULL(1);

/* ---- a value behind a mutex ----------------------------------------------------------------- */

/* WEFT_GUARDED(T) is a T that many may change, fresh when all is zero: {weft_mutex lock; ..}. The T
 * is reached by weft_locked alone, a T * that needs the lock to be held, as `weft check` sees to.
 * Each T is declared once, after its type: WEFT_GUARDED_OF(tally);
 *
 *     WEFT_TRY(weft_mutex_lock(&state->tally->lock, WEFT_NEVER));
 *     weft_locked(state->tally)->visits++;
 *     weft_mutex_unlock(&state->tally->lock);
 */
#define WEFT_GUARDED(T) weft_guarded_##T
#define WEFT_GUARDED_OF(T)            \
    typedef struct weft_guarded_##T { \
        weft_mutex lock;              \
        T WEFT__GUARDED;              \
    } weft_guarded_##T
#define weft_locked(guarded) (WEFT__WATCHED(locked, &(guarded)->lock), &(guarded)->WEFT__GUARDED)
#ifndef WEFT_CHECK
#define WEFT__GUARDED guarded__
#else
#define WEFT__GUARDED weft__guarded /* so that there is no way past weft_locked */
void weft__locked(const weft_mutex *lock) WEFT_USES(lock);
#endif

/* ---- read-write lock ------------------------------------------------------------------------ */

/* Many readers or one writer. Readers and writers stand in one line, so neither starve: a reader
 * that comes after a waiting writer waits behind it. So who holds the lock for reading must not
 * lock it again. */
typedef struct WEFT_OWNED("lock") weft_rwlock {
    uint32_t guard;
    uint32_t readers; /* that hold the lock */
    bool written;     /* a writer holds it */
    weft__waits waits;
} weft_rwlock;

#define WEFT_RWLOCK_INIT \
    {                    \
        0                \
    }

/* WEFT_OK and the lock is held, or WEFT_TIMED_OUT or WEFT_CANCELLED and it is not. Suspends. */
weft_error weft_rwlock_lock_read(weft_rwlock *lock, int64_t deadline) WEFT_TRY_OPENS_SHARED(lock)
    WEFT_NODISCARD WEFT_NONNULL(1);
weft_error weft_rwlock_lock_write(weft_rwlock *lock, int64_t deadline) WEFT_TRY_OPENS(lock)
    WEFT_NODISCARD WEFT_NONNULL(1);
bool weft_rwlock_try_lock_read(weft_rwlock *lock) WEFT_IF_OPENS_SHARED(lock)
    WEFT_NODISCARD WEFT_NONNULL(1);
bool weft_rwlock_try_lock_write(weft_rwlock *lock) WEFT_IF_OPENS(lock)
    WEFT_NODISCARD WEFT_NONNULL(1);
void weft_rwlock_unlock(weft_rwlock *lock) WEFT_CLOSES_EITHER(lock) WEFT_NONNULL(1);

/* ---- semaphore ------------------------------------------------------------------------------ */

#define WEFT_SEMAPHORE_MAX UINT32_MAX /* permits of one semaphore at most */

/* Permits to be taken and given back. A waiter that wants many is not overtaken by those behind it
 * that want few. Who took a permit need not be who gives it back, so nobody owns one. */
typedef struct weft_semaphore {
    uint32_t guard;
    uint32_t permits; /* free ones */
    uint32_t max;
    weft__waits waits;
} weft_semaphore;

/* Starts with `permits` free ones; there can never be more than `max`, nor more at the start. */
void weft_semaphore_init(weft_semaphore *semaphore, uint32_t permits, uint32_t max) WEFT_NONNULL(1);

/* Takes `count` permits at once. WEFT_OK, WEFT_TIMED_OUT, WEFT_CANCELLED, or WEFT_INVALID when
 * `count` is more than `max`. Suspends. */
weft_error weft_semaphore_acquire(weft_semaphore *semaphore, uint32_t count, int64_t deadline)
    WEFT_NODISCARD WEFT_NONNULL(1);
bool weft_semaphore_try_acquire(weft_semaphore *semaphore, uint32_t count)
    WEFT_NODISCARD WEFT_NONNULL(1);

/* Gives `count` permits back, or adds them. WEFT_LIMIT, and none is added, when there would be more
 * than `max`: who gives back what it took says (void)!weft_semaphore_release(..), for that cannot
 * fail. */
weft_error weft_semaphore_release(weft_semaphore *semaphore, uint32_t count)
    WEFT_NODISCARD WEFT_NONNULL(1);

/* ---- notify --------------------------------------------------------------------------------- */

/* Wakes those who wait for something to look at. Look first, then wait: a notification that comes
 * in between is kept. */
typedef struct weft_notify {
    uint32_t guard;
    bool permit; /* weft_notify_one found nobody waiting */
    weft__waits waits;
} weft_notify;

#define WEFT_NOTIFY_INIT \
    {                    \
        0                \
    }

/* WEFT_OK when notified, WEFT_TIMED_OUT or WEFT_CANCELLED. Suspends. */
weft_error weft_notify_wait(weft_notify *notify, int64_t deadline) WEFT_NODISCARD WEFT_NONNULL(1);

/* Wakes the oldest waiter; when there is none, the next wait returns at once. Such permits do not
 * add up. */
void weft_notify_one(weft_notify *notify) WEFT_NONNULL(1);
void weft_notify_all(weft_notify *notify) WEFT_NONNULL(1); /* who waits now; keeps no permit */

/* ---- once ----------------------------------------------------------------------------------- */

/* Something that must succeed once. */
typedef struct weft_once {
    uint32_t state; /* 0 not yet, 1 somebody is at it, 2 done */
    uint32_t guard;
    weft__waits waits;
} weft_once;

#define WEFT_ONCE_INIT \
    {                  \
        0              \
    }

/* Runs fn(arg) unless it has succeeded before; who comes meanwhile waits. When fn fails, its caller
 * gets what it returned and the oldest waiter tries its own. WEFT_OK means that some fn has
 * succeeded; WEFT_TIMED_OUT and WEFT_CANCELLED come from waiting, too. Not from within fn. */
weft_error weft_once_run(weft_once *once, weft_error (*fn)(void *arg), void *arg, int64_t deadline)
    WEFT_NODISCARD WEFT_NONNULL(1, 2);

/* ---- barrier -------------------------------------------------------------------------------- */

/* Lets nobody through until `parties` have come; then is a fresh one. */
typedef struct weft_barrier {
    uint32_t guard;
    uint32_t parties;
    uint32_t arrived;
    weft__waits waits;
} weft_barrier;

void weft_barrier_init(weft_barrier *barrier, uint32_t parties) WEFT_NONNULL(1); /* 0 is like 1 */

/* WEFT_OK when all have come; *last (may be NULL) is true for exactly one of them. WEFT_TIMED_OUT
 * or WEFT_CANCELLED: the caller does not count as having come. Suspends. */
weft_error weft_barrier_wait(weft_barrier *barrier, int64_t deadline, bool *last)
    WEFT_NODISCARD WEFT_NONNULL(1);

#endif
