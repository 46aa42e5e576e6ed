/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * runtime/steal.c: idle workers help busy ones. The protocol is in the header.
 */
#include "runtime/steal.h"
#include "runtime/runtime.h"

_Alignas(64) _Atomic uint64_t weft__crew;
static int64_t worth_offering; /* set before the workers run */

void weft__crew_reset(int64_t backlog)
{
    atomic_store(&weft__crew, 0);
    worth_offering = backlog;
}

static unsigned idle(uint64_t crew)
{
    return (uint16_t)crew;
}

static unsigned searching(uint64_t crew)
{
    return (uint16_t)(crew >> 16);
}

static unsigned offering(uint64_t crew)
{
    return (uint16_t)(crew >> 32);
}

/* ---- calling ----------------------------------------------------------------------------- */

/* Makes a sleeper a searcher and wakes it; false when it does not sleep. */
static bool wake(weft__worker *sleeper)
{
    if (!atomic_load(&sleeper->sleeping) || !atomic_exchange(&sleeper->sleeping, 0))
        return false;
    atomic_fetch_add(&weft__crew, WEFT__CREW_SEARCHING);
    atomic_store_explicit(&sleeper->called, 1, memory_order_release);
    weft__worker_ring(sleeper);
    return true;
}

void weft__worker_call(const weft__worker *caller)
{
    uint64_t crew = atomic_load(&weft__crew);
    if (idle(crew) == 0 || searching(crew) > 0)
        return;
    unsigned count = weft_worker_count();
    for (unsigned i = 1; i < count; i++)
        if (wake(weft__runtime_worker(caller->index + i)))
            return;
}

/* ---- offering ---------------------------------------------------------------------------- */

/* Makes an offered fiber the worker's own. */
static void own(weft__worker *worker, weft_fiber *fiber)
{
    weft__fiber_set_worker(fiber, worker);
    unsigned bits = atomic_exchange(&fiber->remote, 0);
    if (bits & WEFT__REMOTE_CANCEL)
        fiber->cancelled = true;
}

static bool offer(weft__worker *worker, weft_fiber *fiber)
{
    unsigned untold = 0;
    if (!fiber->fresh ||
        !atomic_compare_exchange_strong(&fiber->remote, &untold, WEFT__REMOTE_OFFERED))
        return false;
    weft__fiber_set_worker(fiber, NULL);
    if (weft__deque_put(&worker->offered, fiber))
        return true;
    own(worker, fiber);
    return false;
}

/* Moves the fibers that have not started from the queue to the deque, but for the first in the
 * queue when that is run next. */
static bool offer_some(weft__worker *worker, bool first_too)
{
    weft_fiber *before = first_too ? NULL : worker->ready.first;
    weft_fiber **link = before ? &before->next : &worker->ready.first;
    bool some = false;
    for (unsigned seen = 0; *link && seen < WEFT__SHARE_WALK; seen++) {
        weft_fiber *fiber = *link, *after = fiber->next;
        if (offer(worker, fiber)) {
            some = true;
            *link = after;
        } else {
            before = fiber;
            link = &fiber->next;
        }
    }
    if (!*link)
        worker->ready.last = before;
    return some;
}

static void begin_to_offer(weft__worker *worker)
{
    worker->offering = true;
    atomic_fetch_add(&weft__crew, WEFT__CREW_OFFERING);
}

void weft__worker_offer(weft__worker *worker)
{
    int64_t waiting = (int64_t)weft__worker_depth(worker);
    if (waiting * worker->pace < worth_offering || !offer_some(worker, false))
        return;
    begin_to_offer(worker);
    weft__worker_call(worker);
}

void weft__worker_offer_all(weft__worker *worker)
{
    if (offer_some(worker, true) && !worker->offering)
        begin_to_offer(worker);
}

/* ---- taking ------------------------------------------------------------------------------ */

weft_fiber *weft__worker_reclaim(weft__worker *worker)
{
    weft_fiber *fiber = weft__deque_take(&worker->offered);
    if (fiber) {
        own(worker, fiber);
    } else {
        worker->offering = false;
        atomic_fetch_sub(&weft__crew, WEFT__CREW_OFFERING);
    }
    return fiber;
}

/* Looks into the deques of the others. */
static bool search(weft__worker *worker)
{
    unsigned count = weft_worker_count();
    for (unsigned i = 1; i < count; i++) {
        weft__worker *other = weft__runtime_worker(worker->index + i);
        weft_fiber *fiber = weft__deque_take(&other->offered);
        if (!fiber)
            continue;
        own(worker, fiber);
        weft__worker_enqueue(worker, fiber);
        weft__count(&worker->counters.steals, 1);
        atomic_fetch_add_explicit(&other->counters.stolen, 1, memory_order_relaxed);
        return true;
    }
    return false;
}

static bool something_is_offered(const weft__worker *worker)
{
    unsigned count = weft_worker_count();
    for (unsigned i = 1; i < count; i++)
        if (!weft__deque_is_empty(&weft__runtime_worker(worker->index + i)->offered))
            return true;
    return false;
}

static bool become_searcher(void)
{
    uint64_t crew = atomic_load(&weft__crew);
    do {
        if (offering(crew) == 0 || 2 * searching(crew) >= weft_worker_count())
            return false;
    } while (!atomic_compare_exchange_weak(&weft__crew, &crew, crew + WEFT__CREW_SEARCHING));
    return true;
}

/* Searches and ceases to be a searcher. Who offered meanwhile has called nobody because of us. */
static bool search_as_one(weft__worker *worker)
{
    do {
        bool found = search(worker);
        uint64_t crew = atomic_fetch_sub(&weft__crew, WEFT__CREW_SEARCHING);
        bool last = searching(crew) == 1;
        if (found && last && offering(crew) > 0)
            weft__worker_call(worker);
        if (found || !last)
            return found;
    } while (something_is_offered(worker) && become_searcher());
    return false;
}

bool weft__worker_steal(weft__worker *worker)
{
    return become_searcher() && search_as_one(worker);
}

void weft__worker_help(weft__worker *worker)
{
    if (atomic_load_explicit(&worker->called, memory_order_acquire)) {
        atomic_store_explicit(&worker->called, 0, memory_order_relaxed);
        search_as_one(worker);
    }
}

/* ---- sleeping ---------------------------------------------------------------------------- */

bool weft__worker_rest(weft__worker *worker)
{
    atomic_fetch_add(&weft__crew, WEFT__CREW_IDLE);
    return weft__worker_steal(worker);
}

void weft__worker_rise(void)
{
    atomic_fetch_sub_explicit(&weft__crew, WEFT__CREW_IDLE, memory_order_relaxed);
}
