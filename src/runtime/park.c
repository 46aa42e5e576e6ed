/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * runtime/park.c: waiting and waking; deadlines, yielding, sleeping.
 */
#include "base/clock.h"
#include "runtime/carrier.h"
#include "runtime/worker.h"
#include <sched.h>
#include <time.h>

/* ---- waking ------------------------------------------------------------------------------ */

static void wake(weft_fiber *fiber, weft_error result)
{
    fiber->state = WEFT__FIBER_READY;
    fiber->result = (uint16_t)result;
    weft__worker_enqueue(weft__fiber_worker(fiber), fiber);
}

static void unpark_here(weft_fiber *fiber)
{
    if (fiber->state == WEFT__FIBER_PARKED || fiber->state == WEFT__FIBER_SHIELDED)
        wake(fiber, WEFT_OK);
    else
        fiber->woken = true;
}

static void cancel_here(weft_fiber *fiber)
{
    fiber->cancelled = true;
    if (fiber->state == WEFT__FIBER_PARKED && !fiber->shielded)
        wake(fiber, WEFT_CANCELLED);
}

void weft__fiber_on_deadline(weft__timer *timer)
{
    weft_fiber *fiber = (weft_fiber *)(void *)((char *)timer - offsetof(weft_fiber, timer));
    if (fiber->state == WEFT__FIBER_PARKED)
        wake(fiber, WEFT_TIMED_OUT);
}

/* What other threads have said since the task was posted. An ended fiber may be freed by its joiner
 * from the moment its bits are taken, unless the joiner has left that to us. */
void weft__fiber_hear(weft__task *task)
{
    weft_fiber *fiber = (weft_fiber *)(void *)((char *)task - offsetof(weft_fiber, task));
    weft__worker *worker = weft__fiber_worker(fiber);
    bool ended = fiber->state == WEFT__FIBER_ENDED;
    unsigned bits = atomic_exchange(&fiber->remote, 0);
    if (ended) {
        if (bits & WEFT__REMOTE_FREE)
            weft__stack_release(&worker->pool, fiber);
        return;
    }
    if (bits & WEFT__REMOTE_START)
        weft__worker_enqueue(worker, fiber);
    if (bits & WEFT__REMOTE_UNPARK)
        unpark_here(fiber);
    if (bits & WEFT__REMOTE_CANCEL)
        cancel_here(fiber);
}

void weft__fiber_tell(weft_fiber *fiber, unsigned bit)
{
    if (atomic_fetch_or(&fiber->remote, bit) == 0)
        weft__worker_send(weft__fiber_worker(fiber), &fiber->task);
}

void weft__unpark(weft_fiber *fiber)
{
    weft_fiber *was_loose;
    if (WEFT_UNLIKELY(weft__fiber_worker(fiber) != weft__worker_here ||
                      !weft__try_hold(weft__carrier_here, &was_loose))) {
        weft__fiber_tell(fiber, WEFT__REMOTE_UNPARK);
        return;
    }
    unpark_here(fiber);
    weft__let_go_here(was_loose);
}

/* Holds the worker if it is the fiber's. While it was loose, another thread that had it may have
 * offered the fiber, if that has not started, and so it is asked again. */
static bool hold_worker_of(const weft_fiber *fiber, weft_fiber **was_loose)
{
    weft__worker *here = weft__worker_here;
    if (here == NULL || weft__fiber_worker(fiber) != here ||
        !weft__try_hold(weft__carrier_here, was_loose))
        return false;
    if (weft__fiber_worker(fiber) == here)
        return true;
    weft__let_go_here(*was_loose);
    return false;
}

void weft_fiber_cancel(weft_fiber *fiber)
{
    weft_fiber *was_loose;
    if (!hold_worker_of(fiber, &was_loose)) {
        weft__fiber_tell(fiber, WEFT__REMOTE_CANCEL);
        return;
    }
    cancel_here(fiber);
    weft__let_go_here(was_loose);
}

/* ---- waiting ----------------------------------------------------------------------------- */

/* The functions that suspend are not inlined into each other: each reads thread-locals once, before
 * it does. Only in a fiber. */
#define SUSPENDS __attribute__((noinline))

static inline weft_error park(weft_fiber *self, int64_t deadline)
{
    if (self->woken) {
        self->woken = false;
        return WEFT_OK;
    }
    if (weft__fiber_is_cancelled(self))
        return WEFT_CANCELLED;
    int64_t own = __atomic_load_n(&self->context.deadline, __ATOMIC_RELAXED);
    if (deadline > own)
        deadline = own;
    if (deadline != WEFT_NEVER) {
        weft__worker *worker = weft__fiber_worker(self);
        if (deadline <= worker->now)
            return WEFT_TIMED_OUT;
        weft__wheel_arm(&worker->wheel, &self->timer, deadline);
    }
    self->state = WEFT__FIBER_PARKED;
    weft__worker_suspend(self);
    weft__timer_cancel(&self->timer);
    if (self->woken) { /* after the deadline or the cancellation: the wake-up wins */
        self->woken = false;
        return WEFT_OK;
    }
    return (weft_error)self->result;
}

SUSPENDS weft_error weft__park(int64_t deadline)
{
    weft__carrier *carrier = weft__carrier_here;
    weft_fiber *was_loose = weft__hold_here(carrier);
    weft_error error = park(carrier->running, deadline);
    weft__let_go_here(was_loose);
    return error;
}

SUSPENDS void weft__park_shielded(void)
{
    weft__carrier *carrier = weft__carrier_here;
    weft_fiber *self = carrier->running, *was_loose = weft__hold_here(carrier);
    if (!self->woken) {
        self->state = WEFT__FIBER_SHIELDED;
        weft__worker_suspend(self);
    }
    self->woken = false;
    weft__let_go_here(was_loose);
}

SUSPENDS void weft_yield(void)
{
    weft__carrier *carrier = weft__carrier_here;
    weft_fiber *self = carrier ? carrier->running : NULL;
    if (!self) {
        sched_yield();
        return;
    }
    weft_fiber *was_loose = weft__hold_here(carrier);
    self->state = WEFT__FIBER_READY;
    weft__worker_enqueue(weft__fiber_worker(self), self);
    weft__worker_suspend(self);
    weft__let_go_here(was_loose);
}

void weft__outside_begin(void)
{
    WEFT__HOLD_WORKER();
    weft__worker_here->outside++;
}

void weft__outside_end(void)
{
    WEFT__HOLD_WORKER();
    weft__worker_here->outside--;
}

/* ---- deadlines and sleep ----------------------------------------------------------------- */

int64_t weft_deadline_current(void)
{
    return weft__context_current()->deadline;
}

int64_t weft_deadline_narrow(int64_t deadline)
{
    weft__context *context = weft__context_current();
    int64_t old = context->deadline;
    if (deadline < old)
        __atomic_store_n(&context->deadline, deadline, __ATOMIC_RELAXED); /* as restoring it */
    return old;
}

/* Atomic, for a thread of the blocking pool sets the deadline of a fiber that is about to wait for
 * it: either one will do, since a job that has begun is waited for. */
void weft_deadline_restore(int64_t deadline)
{
    __atomic_store_n(&weft__context_current()->deadline, deadline, __ATOMIC_RELAXED);
}

weft_shield weft_shield_begin(void)
{
    WEFT__HOLD_WORKER(); /* who cancels the fiber looks at `shielded` */
    weft__context *context = weft__context_current();
    weft_fiber *self = weft__fiber_running();
    weft_shield shield = {.deadline = context->deadline, .shielded = self && self->shielded};
    context->deadline = WEFT_NEVER;
    if (self)
        self->shielded = true;
    return shield;
}

void weft_shield_end(weft_shield shield)
{
    WEFT__HOLD_WORKER();
    weft__context_current()->deadline = shield.deadline;
    weft_fiber *self = weft__fiber_running();
    if (self)
        self->shielded = shield.shielded;
}

static void sleep_thread(int64_t until)
{
    if (until <= 0)
        return;
    until = weft__clock_real(until);
    struct timespec at = {.tv_sec = until / WEFT_SECOND, .tv_nsec = until % WEFT_SECOND};
    while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &at, NULL) != 0)
        continue; /* interrupted by a signal */
}

weft_error weft_sleep_until(int64_t deadline)
{
    WEFT__HOLD_WORKER();
    weft_fiber *self = weft__fiber_running();
    int64_t own = weft_deadline_current();
    weft_error error = WEFT_TIMED_OUT;
    if (!self)
        sleep_thread(deadline < own ? deadline : own);
    else if (deadline > weft__worker_now() || weft__fiber_is_cancelled(self))
        error = weft__park(deadline);
    else
        weft_yield();
    return error == WEFT_TIMED_OUT && deadline <= own ? WEFT_OK : error;
}

weft_error weft_sleep(int64_t duration)
{
    return weft_sleep_until(duration > 0 ? weft_deadline_after(duration) : 0);
}
