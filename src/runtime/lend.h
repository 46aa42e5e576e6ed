/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * runtime/lend.h: an idle worker looks after a busy one. While a fiber computes, nobody reads the
 * mailbox of its worker or asks its reactor, so what arrives there cannot even be stolen. The
 * thread of an idle worker then borrows the busy one for a moment, does that in its place, and
 * offers the fibers that have been started by it to all.
 *
 * Protocol. Borrowing is adopting without taking over: a worker is lent only while its thread is in
 * the user's code, it is claimed as carrier.h says, and whoever comes back to it meanwhile waits
 * until it is returned. So whatever may be done to an adopted worker may be done to a borrowed one.
 *
 * When. Only while there is need: a worker that has been away from its reactor for WEFT__LONG_TURN
 * twice within WEFT__LEND_WINDOW switches lending on, for all and for that long, and calls an idle
 * worker to watch. One idle worker watches at a time: instead of sleeping for good it naps, and
 * borrows each worker that has not asked its reactor for WEFT__LEND_AFTER. One that finds work
 * calls another to watch in its place; one that comes to rest and finds nobody watching does so
 * itself. It is a matter of time only: what is not borrowed is done by its own thread, later.
 */
#ifndef WEFT_RUNTIME_LEND_H
#define WEFT_RUNTIME_LEND_H

#include "runtime/worker.h"

#define WEFT__LEND_AFTER  (25 * WEFT_MICROSECOND)
#define WEFT__LONG_TURN   (500 * WEFT_MICROSECOND)
#define WEFT__LEND_WINDOW (50 * WEFT_MILLISECOND)
#define WEFT__WATCHERS    2 /* at a time */

extern _Alignas(64) _Atomic int64_t weft__lending_until;

/* Before the workers run. `always`: whatever their turns take, and at once. */
void weft__lending_reset(bool always);

static inline bool weft__lending(int64_t now)
{
    return now < atomic_load_explicit(&weft__lending_until, memory_order_relaxed);
}

/* A turn of this worker has taken WEFT__LONG_TURN. */
void weft__worker_was_away(weft__worker *worker);

/* Instead of sleeping, for `timeout` milliseconds at most (-1: no limit): watches the others. False
 * when somebody else does. */
bool weft__worker_watch(weft__worker *worker, int timeout);

#endif
