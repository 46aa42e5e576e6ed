/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * weft/channel.h: how fibers give each other values: a queue, a single answer, news for everybody,
 * the latest state. Values are copied in and out. Everything works between fibers of different
 * workers and between fibers and plain threads; each wait takes an absolute deadline, and also ends
 * by the fiber's own deadline and by cancellation.
 */
#ifndef WEFT_CHANNEL_H
#define WEFT_CHANNEL_H

#include <weft/base.h>

#ifdef WEFT_CHECK
const void *weft__sender_of(const void *oneshot); /* a handle of its own */
#endif

#define WEFT_CHANNEL_MAX (1u << 20) /* items of one channel or broadcast at most */

/* ---- channel -------------------------------------------------------------------------------- */

/* A bounded queue of fixed-size items, many senders and many receivers. */
typedef struct weft_channel weft_channel;

/* Nobody may use it any more. NULL is a no-op. */
void weft_channel_destroy(weft_channel *channel) WEFT_ENDS(channel);

/* `capacity` 1 to WEFT_CHANNEL_MAX items of `item_size` bytes. NULL when memory is exhausted or an
 * argument is out of bounds. */
weft_channel *weft_channel_create(size_t item_size, size_t capacity)
    WEFT_GOES_BY(weft_channel_destroy) WEFT_NODISCARD;

/* Copies *item in, or out. Suspends while full, or empty. WEFT_OK, WEFT_TIMED_OUT, WEFT_CANCELLED,
 * or WEFT_CLOSED: sending after close; receiving after close and when nothing is left. */
weft_error weft_channel_send(weft_channel *channel, const void *item, int64_t deadline)
    WEFT_BEFORE_END(channel) WEFT_NODISCARD WEFT_NONNULL(1, 2);
weft_error weft_channel_receive(weft_channel *channel, void *item, int64_t deadline)
    WEFT_BEFORE_END(channel) WEFT_NODISCARD WEFT_NONNULL(1, 2);

/* The same without waiting: WEFT_BUSY instead. */
weft_error weft_channel_try_send(weft_channel *channel, const void *item) WEFT_BEFORE_END(channel)
    WEFT_NODISCARD WEFT_NONNULL(1, 2);
weft_error weft_channel_try_receive(weft_channel *channel, void *item) WEFT_BEFORE_END(channel)
    WEFT_NODISCARD WEFT_NONNULL(1, 2);

/* No more sends; waiting senders get WEFT_CLOSED, receivers drain what is left. Idempotent. */
void weft_channel_close(weft_channel *channel) WEFT_BEFORE_END(channel) WEFT_NONNULL(1);

/* ---- oneshot -------------------------------------------------------------------------------- */

/* One value from one sender to one receiver. Each lets go of its end exactly once, in whatever
 * order; the second frees the oneshot. */
typedef struct weft_oneshot weft_oneshot;

/* For a value of `size` bytes. NULL when memory is exhausted or `size` is 0 or impossible. */
weft_oneshot *weft_oneshot_create(size_t size) WEFT_NODISCARD;

/* The sender's end; both let go of it. WEFT_CLOSED when the receiver has gone: the value is lost.
 * Without a value the receiver gets WEFT_CLOSED. */
weft_error weft_oneshot_send(weft_oneshot *oneshot, const void *value)
    WEFT_ENDS(weft__sender_of(oneshot)) WEFT_NODISCARD WEFT_NONNULL(1, 2);

/* NULL is a no-op. */
void weft_oneshot_drop(weft_oneshot *oneshot) WEFT_ENDS(weft__sender_of(oneshot));

/* The receiver's end. WEFT_OK once; WEFT_CLOSED when there was, or will be, no value;
 * WEFT_TIMED_OUT or WEFT_CANCELLED, and it may be tried again; WEFT_BUSY without waiting.
 * Suspends. */
weft_error weft_oneshot_receive(weft_oneshot *oneshot, void *value, int64_t deadline)
    WEFT_BEFORE_END(oneshot) WEFT_NODISCARD WEFT_NONNULL(1, 2);
weft_error weft_oneshot_try_receive(weft_oneshot *oneshot, void *value) WEFT_BEFORE_END(oneshot)
    WEFT_NODISCARD WEFT_NONNULL(1, 2);

/* Lets go of it; NULL is a no-op. */
void weft_oneshot_close(weft_oneshot *oneshot) WEFT_ENDS(oneshot);

/* ---- broadcast ------------------------------------------------------------------------------ */

/* Items for every reader. The last `capacity` are kept; a sender never waits, and a reader that is
 * slower than that loses the oldest and is told how many. */
typedef struct weft_broadcast weft_broadcast;

/* One reader's place, in the memory of whoever reads; for one fiber at a time. Needs no
 * farewell. */
typedef struct weft_broadcast_reader {
    weft_broadcast *broadcast;
    uint64_t next; /* the number of the item that it reads next */
} weft_broadcast_reader;

/* Nobody may use it any more. NULL is a no-op. */
void weft_broadcast_destroy(weft_broadcast *broadcast) WEFT_ENDS(broadcast);

/* `capacity` 1 to WEFT_CHANNEL_MAX items of `item_size` bytes. NULL when memory is exhausted or an
 * argument is out of bounds. */
weft_broadcast *weft_broadcast_create(size_t item_size, size_t capacity)
    WEFT_GOES_BY(weft_broadcast_destroy) WEFT_NODISCARD;

/* WEFT_CLOSED after close. */
weft_error weft_broadcast_send(weft_broadcast *broadcast, const void *item)
    WEFT_BEFORE_END(broadcast) WEFT_NODISCARD WEFT_NONNULL(1, 2);

/* Readers get what is kept. */
void weft_broadcast_close(weft_broadcast *broadcast) WEFT_BEFORE_END(broadcast) WEFT_NONNULL(1);

/* A reader of what is sent from now on. */
weft_broadcast_reader weft_broadcast_subscribe(weft_broadcast *broadcast) WEFT_BEFORE_END(broadcast)
    WEFT_NONNULL(1);

/* The reader's next item, and in *lost how many before it the reader has missed since its last one.
 * WEFT_OK, WEFT_TIMED_OUT, WEFT_CANCELLED, WEFT_CLOSED when nothing is left, WEFT_BUSY without
 * waiting; *lost is set with WEFT_OK only. Suspends. */
weft_error weft_broadcast_receive(weft_broadcast_reader *reader, void *item, uint64_t *lost,
                                  int64_t deadline) WEFT_NODISCARD WEFT_NONNULL(1, 2, 3);
weft_error weft_broadcast_try_receive(weft_broadcast_reader *reader, void *item, uint64_t *lost)
    WEFT_NODISCARD WEFT_NONNULL(1, 2, 3);

/* ---- watch ---------------------------------------------------------------------------------- */

/* The latest value of something, and its version: 1 for the first, one more for each that is
 * set. */
typedef struct weft_watch weft_watch;

/* Nobody may use it any more. NULL is a no-op. */
void weft_watch_destroy(weft_watch *watch) WEFT_ENDS(watch);

/* Holds a copy of the `size` bytes at `value`. NULL when memory is exhausted or `size` is 0 or
 * impossible. */
weft_watch *weft_watch_create(size_t size, const void *value) WEFT_GOES_BY(weft_watch_destroy)
    WEFT_NODISCARD WEFT_NONNULL(2);

/* WEFT_CLOSED after close. */
weft_error weft_watch_set(weft_watch *watch, const void *value) WEFT_BEFORE_END(watch)
    WEFT_NODISCARD WEFT_NONNULL(1, 2);

/* No more values. */
void weft_watch_close(weft_watch *watch) WEFT_BEFORE_END(watch) WEFT_NONNULL(1);

/* Its version. */
uint64_t weft_watch_get(weft_watch *watch, void *value) WEFT_BEFORE_END(watch) WEFT_NONNULL(1, 2);

/* Waits for a version other than *seen (0: any), copies the value and sets *seen. Values that were
 * overtaken are passed over. WEFT_OK, WEFT_TIMED_OUT, WEFT_CANCELLED, WEFT_CLOSED when *seen is the
 * last version, WEFT_BUSY without waiting. Suspends. */
weft_error weft_watch_changed(weft_watch *watch, uint64_t *seen, void *value, int64_t deadline)
    WEFT_BEFORE_END(watch) WEFT_NODISCARD WEFT_NONNULL(1, 2, 3);
weft_error weft_watch_try_changed(weft_watch *watch, uint64_t *seen, void *value)
    WEFT_BEFORE_END(watch) WEFT_NODISCARD WEFT_NONNULL(1, 2, 3);

#endif
