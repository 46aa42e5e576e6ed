/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * weft/select.h: waiting for the first of several things, and doing exactly that one:
 *
 *     weft_case cases[] = {
 *         weft_case_receive(jobs, &job),
 *         weft_case_notified(&stop),
 *         weft_case_deadline(weft_deadline_after(WEFT_SECOND)),
 *     };
 *     size_t which;
 *     weft_error error = weft_select(cases, 3, WEFT_NEVER, &which);
 */
#ifndef WEFT_SELECT_H
#define WEFT_SELECT_H

#include <weft/channel.h>
#include <weft/runtime.h>
#include <weft/sync.h>

#define WEFT_SELECT_MAX 32 /* cases of one select at most */

/* For the library itself: see sync/wait.h. */
typedef struct weft__wait {
    struct weft__wait *next, *previous;
    struct weft__waiter *waiter;
    void *item;        /* what is handed over, for channels */
    uint32_t amount;   /* permits wanted, for semaphores; how a lock is wanted */
    weft_error result; /* set by the waker */
    bool listed;
} weft__wait;

/* One thing to wait for. Made by the functions below; all zeroes is a case that never comes. May be
 * used again and again while what it refers to lives; its fields are the library's. */
typedef struct weft_case {
    const struct weft__kind *kind;
    void *object, *item;
    uint64_t *number;
    int64_t deadline;
    uint32_t *guard; /* of the object */
    weft__waits *waits;
    weft__wait wait;
    weft__ending ending;
} weft_case;

weft_case weft_case_receive(weft_channel *channel, void *item) WEFT_BEFORE_END(channel)
    WEFT_NONNULL(1, 2);
weft_case weft_case_send(weft_channel *channel, const void *item) WEFT_BEFORE_END(channel)
    WEFT_NONNULL(1, 2);
weft_case weft_case_oneshot(weft_oneshot *oneshot, void *value) WEFT_BEFORE_END(oneshot)
    WEFT_NONNULL(1, 2);
weft_case weft_case_broadcast(weft_broadcast_reader *reader, void *item, uint64_t *lost)
    WEFT_NONNULL(1, 2, 3);
weft_case weft_case_changed(weft_watch *watch, uint64_t *seen, void *value) WEFT_BEFORE_END(watch)
    WEFT_NONNULL(1, 2, 3);
weft_case weft_case_notified(weft_notify *notify) WEFT_NONNULL(1);
weft_case weft_case_deadline(int64_t deadline); /* comes when the time has come */

/* Comes when the fiber has ended; its owner joins it afterwards, which then does not wait. In one
 * case of one select at a time. */
weft_case weft_case_ended(weft_fiber *fiber) WEFT_USES(fiber) WEFT_NONNULL(1);

/* Waits until one of the cases can be done, does it, and no other, and sets *index to it. Of
 * several that are ready, a different one has precedence each time. The result is that of the case:
 * WEFT_OK, or WEFT_CLOSED where the call of that name would say so. When none was done *index is
 * `count`, and the result is WEFT_TIMED_OUT, WEFT_CANCELLED, or WEFT_INVALID: more than
 * WEFT_SELECT_MAX cases. Suspends. */
weft_error weft_select(weft_case *cases, size_t count, int64_t deadline, size_t *index)
    WEFT_NODISCARD WEFT_NONNULL(4);

#endif
