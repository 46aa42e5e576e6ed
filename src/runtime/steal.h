/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * runtime/steal.h: how idle workers help busy ones. A fiber that has not started may be taken by
 * another worker, and belongs to it from then on.
 *
 * Protocol. One shared word, the crew, counts the workers that are idle (asleep, or about to be),
 * that search for work, and that offer some. It changes only when a worker goes to sleep or wakes,
 * begins or ends to search, begins or ends to offer; a busy worker merely reads it, and only when
 * fibers wait behind the one that it is about to run.
 *
 *  - A worker begins to offer when somebody is idle and what waits would take it longer than
 *    WEFT__SHARE_BACKLOG: waking a thread for less costs more than it brings. It moves the fibers
 *    that have not started from its queue to its deque, and calls one idle worker, unless somebody
 *    searches already. It takes from its own deque in turn with its queue until the deque is empty.
 *  - At most half of the workers search. A searcher that has found something, and was the last,
 *    calls the next idle worker: so many are woken as there is work for, one after the other.
 *  - One fiber is taken at a time: more would wait behind a slow one again.
 *
 * Nobody sleeps while something is offered: a worker counts itself as idle and then looks into the
 * deques; who offers fills the deque and then looks whether somebody is idle. All of that is
 * sequentially consistent, so one of the two sees the other. A searcher keeps others from being
 * called; so the last one, when it has ceased to be one and found nothing, looks once more.
 *
 * While a fiber is offered its `worker` is NULL and its `remote` bits hold WEFT__REMOTE_OFFERED:
 * who has something to tell it (a cancellation) leaves a bit and posts nothing. Who takes it makes
 * itself its worker, then takes the bits and does what they say.
 */
#ifndef WEFT_RUNTIME_STEAL_H
#define WEFT_RUNTIME_STEAL_H

#include "runtime/worker.h"

#define WEFT__SHARE_BACKLOG (100 * WEFT_MICROSECOND) /* of work behind the next fiber */
#define WEFT__SHARE_WALK    256 /* fibers of the queue that are looked at when offering */

/* The parts of the crew's word. */
#define WEFT__CREW_IDLE      UINT64_C(1)
#define WEFT__CREW_SEARCHING (UINT64_C(1) << 16)
#define WEFT__CREW_OFFERING  (UINT64_C(1) << 32)

extern _Alignas(64) _Atomic uint64_t weft__crew;

/* Nobody is idle, searches or offers. `backlog`: nanoseconds of work that are worth offering. */
void weft__crew_reset(int64_t backlog);

/* Whether some worker has nothing to do. Never when stealing is off: then nobody says so. */
static inline bool weft__crew_is_idle(void)
{
    return (uint16_t)atomic_load_explicit(&weft__crew, memory_order_relaxed) != 0;
}

/* Whether some worker offers something. */
static inline bool weft__crew_offers(void)
{
    return atomic_load_explicit(&weft__crew, memory_order_relaxed) >= WEFT__CREW_OFFERING;
}

/* Offers what has not started of the queue, if that is worth it. Only when nothing is offered. */
void weft__worker_offer(weft__worker *worker);

/* The same for a borrowed worker, whatever it is worth, and though something is offered. */
void weft__worker_offer_all(weft__worker *worker);

/* Wakes an idle worker to search, or to watch, if nobody searches. */
void weft__worker_call(const weft__worker *caller);

/* Takes back the oldest fiber of what is offered; NULL, and offering ends, when all is gone. */
weft_fiber *weft__worker_reclaim(weft__worker *worker);

/* Takes a fiber that another worker offers into the queue of this one. */
bool weft__worker_steal(weft__worker *worker);

/* Around sleeping. `rest` may have found work nevertheless, and then returns true. */
bool weft__worker_rest(weft__worker *worker);
void weft__worker_rise(void);

/* Comes when called to help. */
void weft__worker_help(weft__worker *worker);

#endif
