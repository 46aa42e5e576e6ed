/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * sync/wait.h: one waiting fiber or plain thread, on its own stack, in the wait list of the object
 * that it waits for.
 *
 * Protocol. Lists and `listed` are touched under the object's guard. Who takes a wait off its list
 * to wake it, sets its result under the guard and calls weft__wait_wake after letting go of it,
 * exactly once; the wait may be gone as soon as that has been called. A waiter whose sleep has ended
 * otherwise takes itself off; finding itself taken off already, it was woken and lets
 * weft__wait_finish consume that.
 */
#ifndef WEFT_SYNC_WAIT_H
#define WEFT_SYNC_WAIT_H

#include <weft/runtime.h>
#include <weft/sync.h>

typedef struct weft__wait {
    struct weft__wait *next, *previous;
    weft_fiber *fiber; /* NULL: a plain thread, which sleeps on `woken` */
    uint32_t woken;
    bool listed;
    weft_error result; /* set by the waker */
    void *item;        /* what is handed over, for channels */
} weft__wait;

void weft__waits_append(weft__waits *waits, weft__wait *wait);
void weft__waits_remove(weft__waits *waits, weft__wait *wait);

/* Takes off and returns the oldest; NULL when there is none. */
weft__wait *weft__waits_shift(weft__waits *waits);

weft__wait weft__wait_here(void); /* of the calling fiber or thread, on no list */

/* Suspends the fiber, or blocks the thread, until it is woken (WEFT_OK), the deadline or its own
 * comes, or the fiber is cancelled. */
weft_error weft__wait_sleep(weft__wait *wait, int64_t deadline) WEFT_NODISCARD;
void weft__wait_finish(weft__wait *wait); /* consumes a wake-up that is certain to come */
void weft__wait_wake(weft__wait *wait);

#endif
