/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * runtime/reactor.c: readiness of descriptors, edge-triggered and registered once; the timers of a
 * worker. What the kernel is asked with stands in backend.h.
 */
#include "runtime/backend.h"
#include "runtime/hold.h"
#include "runtime/worker.h"

weft_error weft__source_open(weft__source *source)
{
    weft__worker *worker = weft__worker_here;
    if (!worker)
        return WEFT_INVALID;
    WEFT__HOLD_WORKER();
    return worker->backend->add(worker, source);
}

void weft__source_close(weft__source *source)
{
    WEFT__HOLD_WORKER();
    weft__worker *worker = weft__worker_here;
    worker->backend->remove(worker, source);
}

weft_error weft__source_wait(weft__source *source, uint8_t events, int64_t deadline)
{
    WEFT__HOLD_WORKER();
    if (source->ready & events)
        return WEFT_OK;
    weft_fiber *self = weft__fiber_running();
    if (!self)
        return WEFT_INVALID;
    weft_fiber **place = events == WEFT__READABLE ? &source->reader : &source->writer;
    if (*place)
        return WEFT_BUSY;
    *place = self;
    weft_error error = weft__park(deadline);
    if (error)
        *place = NULL;
    return error;
}

static uint8_t ready_bits(uint32_t events)
{
    uint8_t ready = 0;
    if (events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR))
        ready |= WEFT__READABLE | WEFT__HANGUP;
    if (events & EPOLLIN)
        ready |= WEFT__READABLE;
    if (events & (EPOLLOUT | EPOLLHUP | EPOLLERR))
        ready |= WEFT__WRITABLE;
    return ready;
}

static void wake(weft_fiber **place)
{
    weft_fiber *fiber = *place;
    *place = NULL;
    weft__unpark(fiber);
}

void weft__source_dispatch(weft__source *source, uint32_t events)
{
    uint8_t ready = ready_bits(events);
    source->ready |= ready;
    if ((ready & WEFT__WRITABLE) && source->writer)
        wake(&source->writer);
    if (!(ready & WEFT__READABLE))
        return;
    if (source->reader)
        wake(&source->reader);
    else if (source->on_ready)
        source->on_ready(source);
}

int64_t weft__worker_now(void)
{
    weft__worker *here = weft__worker_here;
    return here ? __atomic_load_n(&here->now, __ATOMIC_RELAXED) : weft_clock_now();
}

void weft__timer_arm(weft__timer *timer, int64_t deadline)
{
    weft__wheel_arm(&weft__worker_here->wheel, timer, deadline);
}
