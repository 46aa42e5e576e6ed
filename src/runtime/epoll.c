/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * runtime/epoll.c: the reactor's usual backend: edge-triggered, each descriptor registered once.
 */
#include "runtime/backend.h"
#include "runtime/worker.h"
#include <errno.h>
#include <unistd.h>

static weft_error start_epoll(weft__worker *worker)
{
    worker->epoll = epoll_create1(EPOLL_CLOEXEC);
    if (worker->epoll < 0)
        return weft_error_from_errno(errno);
    /* Edge-triggered, so that the bell need not be read: each ring is an edge. */
    struct epoll_event event = {.events = EPOLLIN | EPOLLET, .data.ptr = NULL};
    if (epoll_ctl(worker->epoll, EPOLL_CTL_ADD, worker->bell, &event) == 0)
        return WEFT_OK;
    weft_error error = weft_error_from_errno(errno);
    close(worker->epoll);
    return error;
}

static void stop_epoll(weft__worker *worker)
{
    close(worker->epoll);
}

static weft_error add(weft__worker *worker, weft__source *source)
{
    struct epoll_event event = {
        .events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET,
        .data.ptr = source,
    };
    if (epoll_ctl(worker->epoll, EPOLL_CTL_ADD, source->fd, &event) == 0)
        return WEFT_OK;
    return errno == ENOSPC ? WEFT_TOO_MANY_FILES : weft_error_from_errno(errno);
}

static void drop(weft__worker *worker, weft__source *source)
{
    epoll_ctl(worker->epoll, EPOLL_CTL_DEL, source->fd, NULL);
    for (unsigned i = 0; i < worker->fetched; i++)
        if (worker->events[i].data.ptr == source)
            worker->events[i].data.ptr = NULL;
}

static void poll_epoll(weft__worker *worker, int timeout)
{
    int count = epoll_wait(worker->epoll, worker->events, WEFT__POLL_EVENTS, timeout);
    WEFT__PUBLISH(worker->now, weft_clock_now());
    worker->fetched = count > 0 ? (unsigned)count : 0;
    for (unsigned i = 0; i < worker->fetched; i++)
        if (worker->events[i].data.ptr)
            weft__source_dispatch(worker->events[i].data.ptr, worker->events[i].events);
    worker->fetched = 0;
}

static int descriptor(const weft__worker *worker)
{
    return worker->epoll;
}

const weft__backend weft__backend_epoll = {
    .name = "epoll",
    .start = start_epoll,
    .stop = stop_epoll,
    .add = add,
    .remove = drop,
    .poll = poll_epoll,
    .descriptor = descriptor,
};
