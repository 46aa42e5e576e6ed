/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * runtime/backend.h: how a worker asks the kernel what is ready: the part of the reactor that knows
 * the kernel. Usually epoll; io_uring when the build has it, the environment asks for it and the
 * kernel allows it. All workers of a runtime have the same.
 *
 * A backend reports edges of input and output, in epoll's bits, by weft__source_dispatch. It also
 * watches the worker's bell, whose edges only end a wait.
 */
#ifndef WEFT_RUNTIME_BACKEND_H
#define WEFT_RUNTIME_BACKEND_H

#include "runtime/reactor.h"

typedef struct weft__worker weft__worker;

typedef struct weft__backend {
    const char *name;
    /* On any thread; the rest on that which carries the worker. */
    weft_error (*start)(weft__worker *worker);
    void (*stop)(weft__worker *worker);
    weft_error (*add)(weft__worker *worker, weft__source *source);
    /* Afterwards nothing is reported for it, and closing the descriptor closes what it means. */
    void (*remove)(weft__worker *worker, weft__source *source);
    /* Waits for `timeout` milliseconds at most (-1: no limit), sets worker->now, dispatches. */
    void (*poll)(weft__worker *worker, int timeout);
    int (*descriptor)(const weft__worker *worker); /* readable when there is something to report */
} weft__backend;

extern const weft__backend weft__backend_epoll;
extern const weft__backend weft__backend_uring; /* only in builds that have it */

/* As WEFT_REACTOR says: "epoll" (also without it) or "io_uring", for which epoll stands in, and the
 * log says why, where there is none. WEFT_INVALID when it says anything else. */
weft_error weft__backend_choose(const weft__backend **backend) WEFT_NODISCARD;

const char *weft__uring_lacks(void); /* why io_uring cannot be used here; NULL: it can */

/* Fibers are only made ready by it, so that just on_ready can close sources meanwhile. */
void weft__source_dispatch(weft__source *source, uint32_t events);

#endif
