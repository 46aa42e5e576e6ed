/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * runtime/reactor.c: readiness of descriptors, by epoll, edge-triggered and registered once; the
 * timers of a worker.
 */
#include "runtime/hold.h"
#include "runtime/worker.h"
#include <errno.h>

weft_error weft__source_open(weft__source *source)
{
    weft__worker *worker = weft__worker_here;
    if (!worker)
        return WEFT_INVALID;
    WEFT__HOLD_WORKER();
    struct epoll_event event = {
        .events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET,
        .data.ptr = source,
    };
    if (epoll_ctl(worker->epoll, EPOLL_CTL_ADD, source->fd, &event) == 0)
        return WEFT_OK;
    return errno == ENOSPC ? WEFT_TOO_MANY_FILES : weft_error_from_errno(errno);
}

void weft__source_close(weft__source *source)
{
    WEFT__HOLD_WORKER();
    weft__worker *worker = weft__worker_here;
    epoll_ctl(worker->epoll, EPOLL_CTL_DEL, source->fd, NULL);
    for (unsigned i = 0; i < worker->fetched; i++)
        if (worker->events[i].data.ptr == source)
            worker->events[i].data.ptr = NULL;
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

/* Fibers are only made ready here, so that just on_ready can close sources meanwhile. */
static void dispatch(weft__source *source, uint32_t events)
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

void weft__reactor_poll(weft__worker *worker, int timeout)
{
    int count = epoll_wait(worker->epoll, worker->events, WEFT__POLL_EVENTS, timeout);
    worker->now = weft_clock_now();
    worker->fetched = count > 0 ? (unsigned)count : 0;
    for (unsigned i = 0; i < worker->fetched; i++)
        if (worker->events[i].data.ptr)
            dispatch(worker->events[i].data.ptr, worker->events[i].events);
    worker->fetched = 0;
}

int64_t weft__worker_now(void)
{
    return weft__worker_here ? weft__worker_here->now : weft_clock_now();
}

void weft__timer_arm(weft__timer *timer, int64_t deadline)
{
    weft__wheel_arm(&weft__worker_here->wheel, timer, deadline);
}
