/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * runtime/worker.c: the loop of a worker: messages, ready fibers, events, timers.
 */
#include "base/clock.h"
#include "runtime/backend.h"
#include "runtime/budget.h"
#include "runtime/carrier.h"
#include "runtime/lend.h"
#include "runtime/runtime.h"
#include "runtime/steal.h"
#include "runtime/watchdog.h"
#include <errno.h>
#include <limits.h>
#include <sched.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

#define PACE_WEIGHT 8 /* turns over which the time of a fiber is averaged */

_Thread_local weft__worker *weft__worker_here __attribute__((tls_model("initial-exec")));

/* ---- mailbox ----------------------------------------------------------------------------- */

void weft__worker_ring(weft__worker *worker)
{
    uint64_t one = 1;
    while (write(worker->bell, &one, sizeof one) < 0 && errno == EINTR)
        continue;
    atomic_fetch_add_explicit(&worker->counters.wakes, 1, memory_order_relaxed);
}

void weft__worker_send(weft__worker *worker, weft__task *task)
{
    atomic_fetch_add_explicit(&worker->posting, 1, memory_order_relaxed);
    weft__task *newest = atomic_load_explicit(&worker->mailbox, memory_order_relaxed);
    do
        task->next = newest;
    while (!atomic_compare_exchange_weak(&worker->mailbox, &newest, task));
    if (atomic_load(&worker->sleeping) && atomic_exchange(&worker->sleeping, 0))
        weft__worker_ring(worker);
    atomic_fetch_sub_explicit(&worker->posting, 1, memory_order_release);
}

static weft__task *oldest_first(weft__task *task)
{
    weft__task *list = NULL;
    while (task) {
        weft__task *next = task->next;
        task->next = list;
        list = task;
        task = next;
    }
    return list;
}

static void read_mailbox(weft__worker *worker)
{
    if (!atomic_load_explicit(&worker->mailbox, memory_order_relaxed))
        return;
    weft__task *task = oldest_first(atomic_exchange(&worker->mailbox, NULL));
    while (task) {
        weft__task *next = task->next; /* the task is its owner's again as soon as it runs */
        task->fn(task);
        task = next;
    }
}

/* ---- loop -------------------------------------------------------------------------------- */

/* Runs the fiber until it waits, yields or ends. Returns the carrier, which so need not be fetched
 * from a stack that has just been switched to. */
static inline weft__carrier *resume(weft__carrier *self, weft_fiber *fiber)
{
    weft__worker *worker = self->worker;
    WEFT__PUBLISH(worker->ready.taken, worker->ready.taken + 1);
    WEFT__PUBLISH(self->running, fiber);
    if (WEFT_UNLIKELY(self->mark))
        WEFT__PUBLISH(fiber->spares, fiber->spares | self->mark);
    fiber->carrier = self;
    fiber->state = WEFT__FIBER_RUNNING;
    weft__budget = worker->budget;
    weft__trace_leave(&self->traces, &fiber->traces, false);
    weft__machine *back = weft__machine_switch(&self->machine, &fiber->machine);
    self = (weft__carrier *)(void *)((char *)back - offsetof(weft__carrier, machine));
    fiber = self->running;
    weft__trace_arrive(&self->traces, &fiber->traces);
    if (fiber->state == WEFT__FIBER_ENDED) {
        WEFT__PUBLISH(self->running, NULL);
        weft__fiber_finish(self->worker, fiber);
    }
    return self;
}

/* When fibers are offered, or might be: what is offered takes turns with the queue. */
static weft_fiber *pick_shared(weft__worker *worker, unsigned runs)
{
    if (!worker->offering)
        weft__worker_offer(worker);
    weft_fiber *fiber = NULL;
    if (worker->offering && (runs % 2 == 1 || !worker->ready.first))
        fiber = weft__worker_reclaim(worker);
    return fiber ? fiber : weft__worker_dequeue(worker);
}

/* The fiber to be run next, after `runs` others in this turn; NULL when there is none. */
static inline weft_fiber *pick(weft__worker *worker, unsigned runs)
{
    weft_fiber *first = worker->ready.first;
    if (WEFT_UNLIKELY(worker->offering || (first && first->next && weft__crew_is_idle())))
        return pick_shared(worker, runs);
    if (!first && WEFT_UNLIKELY(weft__crew_offers()) && worker->helping)
        (void)weft__worker_steal(worker);
    return weft__worker_dequeue(worker);
}

/* Which of `count` buckets a value belongs into. */
static unsigned bucket(uint64_t value, unsigned count)
{
    unsigned power = 63 - (unsigned)__builtin_clzll(value | 1);
    return power < count ? power : count - 1;
}

/* Takes notice of a turn that has run some fibers. */
static void measure(weft__worker *worker, int64_t begun, unsigned runs)
{
    int64_t end = weft_clock_now(), time = end - begun;
    weft__counters *counters = &worker->counters;
    uint64_t depth = weft__worker_depth(worker) + runs;
    WEFT__PUBLISH(worker->now, end);
    worker->pace += (time / runs - worker->pace) / PACE_WEIGHT;
    weft__count(&counters->turn_time[bucket((uint64_t)time, WEFT_METRICS_BUCKETS)], 1);
    weft__count(&counters->turn_depth[bucket(depth, WEFT_METRICS_DEPTHS)], 1);
    weft__count_max(&counters->ready_max, depth);
    if (WEFT_UNLIKELY(time >= WEFT__LONG_TURN) && worker->helping)
        weft__worker_was_away(worker);
}

static void run_ready(weft__worker *worker)
{
    weft__carrier *self = worker->carrier;
    unsigned most = WEFT_TURN, runs = 0;
    int64_t begun = worker->now; /* which who borrows the worker moves on */
    if (WEFT_UNLIKELY(worker->seeded)) {
        weft__chance_pick(worker);
        most = 1;
    }
    for (weft_fiber *fiber; runs < most && (fiber = pick(self->worker, runs)); runs++) {
        weft__context_here = &fiber->context;
        self = resume(self, fiber);
    }
    WEFT__PUBLISH(self->running, NULL);
    weft__context_here = NULL;
    weft__count(&worker->counters.turns, 1);
    if (runs > 0)
        measure(worker, begun, runs);
}

/* Milliseconds until the next timer, rounded up; -1 for ever. Counted from the beginning of this
 * turn, so a timer may be late by as long as the turn took, and the clock is read once a turn. */
static int until_next_timer(weft__worker *worker)
{
    int64_t next = weft__wheel_next(&worker->wheel);
    if (next == WEFT_NEVER)
        return -1;
    if (next <= worker->now)
        return 0;
    if (worker->virtual_time)
        return worker->outside ? -1 : 0;
    int64_t wait = (next - worker->now - 1) / WEFT_MILLISECOND + 1;
    return wait < INT_MAX ? (int)wait : INT_MAX;
}

/* Virtual time goes on to the next timer when nothing else can happen. */
static void jump(weft__worker *worker)
{
    int64_t next = weft__wheel_next(&worker->wheel);
    bool idle = !worker->ready.first && !worker->outside && !atomic_load(&worker->mailbox);
    if (!idle || next == WEFT_NEVER || next <= worker->now)
        return;
    weft__clock_set(next);
    WEFT__PUBLISH(worker->now, next);
}

static void poll_asleep(weft__worker *worker)
{
    atomic_store(&worker->sleeping, 1);
    bool stole = worker->helping && weft__worker_rest(worker);
    bool awake = stole || atomic_load(&worker->mailbox);
    weft__count(&worker->counters.parks, !awake);
    int timeout = awake ? 0 : until_next_timer(worker);
    if (timeout != 0 && worker->helping && WEFT_UNLIKELY(weft__lending(worker->now)) &&
        weft__worker_watch(worker, timeout))
        timeout = 0;
    worker->backend->poll(worker, timeout);
    if (worker->virtual_time)
        jump(worker);
    atomic_store_explicit(&worker->sleeping, 0, memory_order_relaxed);
    weft__watchdog_stir();
    if (worker->helping)
        weft__worker_rise();
}

static void poll_events(weft__worker *worker)
{
    bool busy = worker->ready.first || worker->offering;
    if (busy || worker->stopped || worker->passing)
        worker->backend->poll(worker, 0);
    else
        poll_asleep(worker);
    weft__worker_help(worker);
}

void weft__worker_attend(weft__worker *worker)
{
    read_mailbox(worker);
    worker->backend->poll(worker, 0);
    weft__worker_offer_all(worker);
}

static void turn(weft__worker *worker)
{
    read_mailbox(worker);
    run_ready(worker);
    poll_events(worker);
    weft__wheel_expire(&worker->wheel, worker->now);
}

void weft__worker_carry(weft__worker *worker)
{
    weft__worker_here = worker;
    WEFT__PUBLISH(worker->now, weft_clock_now());
    bool ours = true;
    while (ours && !worker->stopped) {
        turn(worker);
        if (WEFT_UNLIKELY(worker->passing))
            ours = weft__carrier_pass(worker);
    }
}

void weft__worker_run(weft__worker *worker)
{
    weft__carrier_enter(&worker->home);
    weft__worker_carry(worker);
    weft__worker_clear_slots(worker);
    weft__stack_drain(&worker->pool);
    weft__worker_here = NULL;
    weft__carrier_leave(&worker->home);
}

/* ---- life -------------------------------------------------------------------------------- */

static weft_error open_reactor(weft__worker *worker)
{
    worker->bell = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (worker->bell < 0)
        return weft_error_from_errno(errno);
    weft_error error = worker->backend->start(worker);
    if (error)
        close(worker->bell);
    return error;
}

weft_error weft__worker_open(weft__worker *worker, unsigned index, const weft__backend *backend)
{
    *worker = (weft__worker){.index = index, .now = weft_clock_now(), .backend = backend};
    weft__wheel_init(&worker->wheel, worker->now);
    worker->carrier = &worker->home;
    worker->home.worker = worker;
    worker->home.signal_stack = malloc(WEFT__SIGNAL_STACK);
    if (!worker->home.signal_stack)
        return WEFT_NO_MEMORY;
    weft_error error = open_reactor(worker);
    if (error)
        free(worker->home.signal_stack);
    return error;
}

void weft__worker_close(weft__worker *worker)
{
    while (atomic_load_explicit(&worker->posting, memory_order_acquire))
        sched_yield(); /* a plain thread is about to leave weft__worker_send */
    worker->backend->stop(worker);
    close(worker->bell);
    free(worker->home.signal_stack);
}

/* ---- slots ------------------------------------------------------------------------------- */

static void (*_Atomic slot_destructors[WEFT__SLOT_COUNT])(void *);

void **weft__worker_slot(unsigned slot)
{
    WEFT__CHECK_HELD();
    return &weft__worker_here->slots[slot];
}

void weft__worker_slot_destructor(unsigned slot, void (*destroy)(void *))
{
    atomic_store(&slot_destructors[slot], destroy);
}

void weft__worker_clear_slots(weft__worker *worker)
{
    for (unsigned slot = 0; slot < WEFT__SLOT_COUNT; slot++) {
        void (*destroy)(void *) = atomic_load(&slot_destructors[slot]);
        if (worker->slots[slot] && destroy)
            destroy(worker->slots[slot]);
    }
}
