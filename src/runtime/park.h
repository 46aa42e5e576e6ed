/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * runtime/park.h: how the rooms above the runtime wait. What sync, net, db and serve build on; not
 * public.
 *
 * Protocol. A fiber that wants to wait publishes itself in one place (a wait list, a job, a
 * source), or in several of which one at most can claim it, drops every lock, and parks. Whoever
 * takes the publication, or claims it, calls weft__unpark, exactly once. An unpark that comes
 * before the park is remembered, so nothing is lost between publishing and parking. Parking may
 * also end by deadline or cancellation; the fiber then takes its publication back under the lock of
 * the list that held it, and if that fails (the waker was faster) it is woken anyway and must park
 * again with weft__park_shielded to consume the wake-up. Spurious returns do not happen.
 */
#ifndef WEFT_RUNTIME_PARK_H
#define WEFT_RUNTIME_PARK_H

#include <weft/runtime.h>

/* Suspends the running fiber until it is unparked (WEFT_OK), `deadline` or the fiber's own deadline
 * comes (WEFT_TIMED_OUT), or it is cancelled (WEFT_CANCELLED). A pending unpark wins over both.
 * Only in a fiber: how plain threads wait is in sync/wait.h. */
weft_error weft__park(int64_t deadline) WEFT_NODISCARD;

/* The same without deadline and deaf to cancellation: for waits that another party must end. */
void weft__park_shielded(void);

/* Makes the fiber runnable on its own worker. From any thread, fibers or not; on the fiber's own
 * worker without atomics. The fiber must not end between publication and this call. */
void weft__unpark(weft_fiber *fiber) WEFT_NONNULL(1);

/* For those who choose among equals: a number that differs from call to call. Its steps are those
 * of the golden ratio, which spread evenly also over the calls of each of several fibers that take
 * turns; with a seed, it is drawn by chance. Begins anew with each runtime. From any thread. */
uint32_t weft__turn(void);

/* Around the wait of a fiber for a thread that is at work for it: virtual time stands still. */
void weft__outside_begin(void);
void weft__outside_end(void);

/* ---- the end of a fiber -------------------------------------------------------------------- */

/* Has ending->tell called, on the fiber's worker and outside any fiber, when the fiber ends. For
 * its owner, who joins it afterwards. False when it has ended, or is watched already; then
 * nothing is told. `tell` may let the fiber be freed. */
bool weft__fiber_watch(weft_fiber *fiber, weft__ending *ending) WEFT_NODISCARD WEFT_NONNULL(1, 2);

/* Takes the watch back; false when it is too late: `tell` has been called, or will be at once. */
bool weft__fiber_unwatch(weft_fiber *fiber, weft__ending *ending) WEFT_NODISCARD WEFT_NONNULL(1, 2);

bool weft__fiber_has_ended(const weft_fiber *fiber) WEFT_NONNULL(1); /* joining will not wait */

#endif
