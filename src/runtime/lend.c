/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * runtime/lend.c: idle workers look after the reactors of busy ones. The protocol is in the header.
 */
#include "runtime/lend.h"
#include "runtime/runtime.h"
#include <poll.h>
#include <sched.h>

static _Atomic int64_t lent_until; /* by anybody */
static int64_t slow_turn;          /* set before the workers run */

void weft__reactor_reset(bool eager)
{
    atomic_store(&lent_until, 0);
    slow_turn = eager ? 0 : WEFT__SLOW_TURN;
}

void weft__reactor_judge(weft__worker *worker, int64_t time, unsigned runs)
{
    bool slow = time >= slow_turn && time >= runs * WEFT__SLOW_FIBER;
    if (WEFT_LIKELY(!slow && slow_turn))
        return;
    int64_t until = worker->now + WEFT__LEND_TIME;
    atomic_store_explicit(&worker->lends_until, until, memory_order_relaxed);
    atomic_store_explicit(&lent_until, until, memory_order_relaxed);
}

void weft__reactor_lend(weft__worker *worker)
{
    worker->lent = true;
    atomic_store_explicit(&worker->reactor, 0, memory_order_release);
}

void weft__reactor_recall(weft__worker *worker)
{
    while (atomic_exchange_explicit(&worker->reactor, 1, memory_order_acquire))
        sched_yield(); /* until a borrower has fetched one event */
    worker->lent = false;
}

bool weft__reactor_is_lent(int64_t now)
{
    return now < atomic_load_explicit(&lent_until, memory_order_relaxed);
}

/* The busy worker's reactor is ours. */
static bool answer_one(weft__worker *busy)
{
    struct epoll_event *event = &busy->late_events[busy->late];
    if (busy->late == WEFT__LATE_EVENTS || epoll_wait(busy->epoll, event, 1, 0) != 1)
        return false;
    weft__source *source = event->data.ptr;
    if (!source)
        return false; /* its bell: it does not sleep, and reads its mail after this turn */
    bool ours = atomic_load_explicit(&source->lendable, memory_order_acquire);
    if (ours)
        weft__reactor_dispatch(source, event->events);
    else
        busy->late++;
    return ours;
}

static bool borrow_from(weft__worker *busy)
{
    unsigned held = 0;
    if (!atomic_compare_exchange_strong_explicit(&busy->reactor, &held, 1, memory_order_acquire,
                                                 memory_order_relaxed))
        return false;
    bool answered = answer_one(busy);
    atomic_store_explicit(&busy->reactor, 0, memory_order_release);
    return answered;
}

bool weft__reactor_borrow(weft__worker *worker)
{
    unsigned count = weft_worker_count();
    for (unsigned i = 1; i < count; i++) {
        weft__worker *other = weft__runtime_worker(worker->index + i);
        if (atomic_load_explicit(&other->lends_until, memory_order_relaxed) > worker->now &&
            borrow_from(other)) {
            weft__count(&worker->counters.borrows, 1);
            return true;
        }
    }
    return false;
}

bool weft__reactor_nap(weft__worker *worker)
{
    const struct timespec pause = {.tv_nsec = WEFT__LEND_PAUSE};
    struct pollfd own = {.fd = worker->epoll, .events = POLLIN};
    (void)ppoll(&own, 1, &pause, NULL);
    return true;
}
