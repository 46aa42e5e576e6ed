/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * weft/sync.h: how fibers meet. Everything works between fibers of different workers and between
 * fibers and plain threads; waits are first come, first served; each takes an absolute deadline
 * and also ends by the fiber's own deadline and by cancellation.
 */
#ifndef WEFT_SYNC_H
#define WEFT_SYNC_H

#include <weft/base.h>

/* Who waits for an object: fibers and threads, oldest first. */
typedef struct weft__waits {
    struct weft__wait *first, *last;
} weft__waits;

/* ---- mutex ---------------------------------------------------------------------------------- */

/* Not recursive. Caller's memory; all zeroes is an unlocked mutex. May be held across waits. */
typedef struct weft_mutex {
    uint32_t state; /* 0 free, 1 held, 2 held with waiters */
    uint32_t guard; /* a short spin lock around the list */
    weft__waits waits;
} weft_mutex;

#define WEFT_MUTEX_INIT \
    {                   \
        0               \
    }

/* WEFT_OK and the lock is held, or WEFT_TIMED_OUT or WEFT_CANCELLED and it is not. Suspends. */
weft_error weft_mutex_lock(weft_mutex *mutex, int64_t deadline) WEFT_NODISCARD WEFT_NONNULL(1);
bool weft_mutex_try_lock(weft_mutex *mutex) WEFT_NODISCARD WEFT_NONNULL(1);
void weft_mutex_unlock(weft_mutex *mutex) WEFT_NONNULL(1); /* hands over to the oldest waiter */

/* ---- channel -------------------------------------------------------------------------------- */

/* A bounded queue of fixed-size items, many senders and many receivers. */
typedef struct weft_channel weft_channel;

#define WEFT_CHANNEL_MAX (1u << 20) /* items of one channel at most */

/* `capacity` 1 to WEFT_CHANNEL_MAX items of `item_size` bytes. NULL when memory is exhausted or an
 * argument is out of bounds. */
weft_channel *weft_channel_create(size_t item_size, size_t capacity) WEFT_NODISCARD;
void weft_channel_destroy(weft_channel *channel); /* nobody may use it any more; NULL is a no-op */

/* Copies *item in, or out. Suspends while full, or empty. WEFT_OK, WEFT_TIMED_OUT, WEFT_CANCELLED,
 * or WEFT_CLOSED: sending after close; receiving after close and when nothing is left. */
weft_error weft_channel_send(weft_channel *channel, const void *item, int64_t deadline)
    WEFT_NODISCARD;
weft_error weft_channel_receive(weft_channel *channel, void *item, int64_t deadline) WEFT_NODISCARD;

/* The same without waiting: WEFT_BUSY instead. */
weft_error weft_channel_try_send(weft_channel *channel, const void *item) WEFT_NODISCARD;
weft_error weft_channel_try_receive(weft_channel *channel, void *item) WEFT_NODISCARD;

/* No more sends; waiting senders get WEFT_CLOSED, receivers drain what is left. Idempotent. */
void weft_channel_close(weft_channel *channel);

#endif
