/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * runtime/lend.c: an idle worker looks after a busy one. The protocol is in the header.
 */
#include "runtime/lend.h"
#include "runtime/backend.h"
#include "runtime/carrier.h"
#include "runtime/runtime.h"
#include "runtime/steal.h"
#include <poll.h>
#include <time.h>

_Alignas(64) _Atomic int64_t weft__lending_until;
static _Atomic unsigned watchers;
static int64_t lend_after; /* set before the workers run */

void weft__lending_reset(bool always)
{
    atomic_store(&weft__lending_until, always ? WEFT_NEVER : 0);
    atomic_store(&watchers, 0);
    lend_after = always ? 0 : WEFT__LEND_AFTER;
}

WEFT_COLD void weft__worker_was_away(weft__worker *worker)
{
    int64_t now = worker->now, before = worker->away;
    worker->away = now;
    if (now - before > WEFT__LEND_WINDOW)
        return; /* once is an accident */
    int64_t until = atomic_load_explicit(&weft__lending_until, memory_order_relaxed);
    if (until - now > WEFT__LEND_WINDOW / 2)
        return;
    atomic_store_explicit(&weft__lending_until, now + WEFT__LEND_WINDOW, memory_order_relaxed);
    if (until <= now)
        weft__worker_call(worker);
}

/* ---- watching ------------------------------------------------------------------------------ */

/* Borrows the other worker and does what its loop would do now. */
static void look_after(weft__worker *self, weft__worker *other)
{
    if (!weft__carrier_borrow(other))
        return;
    weft__worker_here = other;
    weft__worker_attend(other);
    weft__worker_here = self;
    weft__carrier_return(other);
    weft__count(&self->counters.borrows, 1);
}

/* Looks after those who have been away for long; returns how long it will take until another one
 * may have been. */
static int64_t look_after_others(weft__worker *self)
{
    int64_t now = weft_clock_now(), wait = WEFT__LEND_AFTER;
    unsigned count = weft_worker_count();
    for (unsigned i = 1; i < count; i++) {
        weft__worker *other = weft__runtime_worker(self->index + i);
        int64_t away = now - __atomic_load_n(&other->now, __ATOMIC_RELAXED);
        if (atomic_load(&other->sleeping))
            continue;
        if (away >= lend_after)
            look_after(self, other);
        else if (lend_after - away < wait)
            wait = lend_after - away;
    }
    return wait;
}

/* Until something happens to the worker: true; or for `wait` nanoseconds or `timeout` milliseconds
 * at most. */
static bool nap(weft__worker *worker, int64_t wait, int timeout)
{
    struct pollfd reactor = {.fd = worker->backend->descriptor(worker), .events = POLLIN};
    if (timeout >= 0 && timeout * WEFT_MILLISECOND < wait)
        wait = timeout * WEFT_MILLISECOND;
    const struct timespec limit = {.tv_nsec = (long)wait};
    return ppoll(&reactor, 1, &limit, NULL) > 0;
}

bool weft__worker_watch(weft__worker *worker, int timeout)
{
    if (atomic_fetch_add(&watchers, 1) >= WEFT__WATCHERS) {
        atomic_fetch_sub(&watchers, 1);
        return false;
    }
    int64_t wait = look_after_others(worker);
    bool busy = weft__worker_steal(worker) || nap(worker, wait, timeout);
    bool last = atomic_fetch_sub(&watchers, 1) == 1;
    if (busy && last)
        weft__worker_call(worker);
    return true;
}
