/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * runtime/reactor.h: readiness of file descriptors and timers of one worker, as net and serve use
 * them; not public.
 *
 * A source is embedded in the object that owns the descriptor. It is registered once with its
 * worker's epoll, edge-triggered for input and output, and stays until it is closed; its `ready`
 * bits remember edges that nobody has consumed. Either a fiber waits for it (reader, writer), or,
 * when nobody does, `on_ready` is called on the worker's scheduler loop, outside any fiber: this is
 * how an idle connection is woken without owning a stack. Everything here belongs to one worker and
 * is touched only on it, while it is held (runtime/hold.h): no locks, no atomics.
 */
#ifndef WEFT_RUNTIME_REACTOR_H
#define WEFT_RUNTIME_REACTOR_H

#include "runtime/hold.h"
#include <weft/runtime.h>

enum {
    WEFT__READABLE = 1, /* input, end of stream, or an error to fetch */
    WEFT__WRITABLE = 2,
    WEFT__HANGUP = 4, /* end of stream or error: reading goes on until it has been fetched */
};

typedef struct weft__source weft__source;
typedef void weft__ready_fn(weft__source *source);

struct weft__source {
    int fd;                   /* the descriptor; -1 when closed. Owned by the embedding object */
    uint8_t ready;            /* edges seen and not consumed: the bits above */
    weft_fiber *reader;       /* the fiber parked for input, or NULL */
    weft_fiber *writer;       /* the fiber parked for output, or NULL */
    weft__ready_fn *on_ready; /* called when readable and nobody waits; may be NULL */
};

/* Registers source->fd (non-blocking) with the running worker. The other fields are the caller's to
 * set before. WEFT_NO_MEMORY, WEFT_TOO_MANY_FILES (fs.epoll.max_user_watches). */
weft_error weft__source_open(weft__source *source) WEFT_NODISCARD;

/* Deregisters; events already fetched for it are dropped. Does not close the descriptor. */
void weft__source_close(weft__source *source);

/* Suspends until `events` (WEFT__READABLE or WEFT__WRITABLE) is ready, the deadline comes or the
 * fiber is cancelled. The caller tries the system call first, tells with one of the next two
 * functions that there is nothing more, and then waits. WEFT_BUSY when another fiber waits for the
 * same already; WEFT_INVALID outside fibers. */
weft_error weft__source_wait(weft__source *source, uint8_t events, int64_t deadline) WEFT_NODISCARD;

/* The system call answered EAGAIN: `events` (one bit) is not ready. */
static inline void weft__source_blocked(weft__source *source, uint8_t events)
{
    WEFT__CHECK_HELD();
    source->ready &= (uint8_t) ~(events | (events == WEFT__READABLE ? WEFT__HANGUP : 0));
}

/* A stream gave fewer bytes than it was asked for: it is drained, and the next edge will tell, but
 * after a hang-up there is no next edge, and what is left to fetch is the end. */
static inline void weft__source_drained(weft__source *source)
{
    WEFT__CHECK_HELD();
    if (!(source->ready & WEFT__HANGUP))
        source->ready &= (uint8_t)~WEFT__READABLE;
}

/* ---- fibers that nobody joins -------------------------------------------------------------- */

/* Starts a pooled fiber on this worker that ends by itself: for serve, whose connections own their
 * fibers' lifetime by counting them. May be called from on_ready. Its deadline is WEFT_NEVER. It
 * may be cancelled on its own worker only. WEFT_NO_MEMORY, WEFT_SHUTTING_DOWN. */
weft_error weft__fiber_start(const char *name, weft_fiber_fn *fn, void *arg) WEFT_NODISCARD;

/* The same, but another worker that has nothing to do may take it before it has started; it then
 * belongs to that one. */
weft_error weft__fiber_start_anywhere(const char *name, weft_fiber_fn *fn, void *arg)
    WEFT_NODISCARD;

/* Runs fn(arg) on worker `on`'s scheduler loop, outside any fiber, soon. From any thread. `task` is
 * the caller's memory and must stay until fn runs. Never fails. */
typedef struct weft__task {
    struct weft__task *next;
    void (*fn)(struct weft__task *task);
} weft__task;
void weft__worker_post(unsigned on, weft__task *task);

/* ---- timers --------------------------------------------------------------------------------- */

typedef struct weft__ring {
    struct weft__ring *next, *previous;
} weft__ring;

/* An intrusive timer of the running worker's wheel (granularity 1 ms, never early). */
typedef struct weft__timer {
    weft__ring ring; /* its place among others; previous NULL: not armed */
    int64_t deadline;
    void (*fn)(struct weft__timer *timer); /* called on the scheduler loop, outside any fiber */
} weft__timer;

void weft__timer_arm(weft__timer *timer, int64_t deadline); /* re-arms when armed */
void weft__timer_cancel(weft__timer *timer);                /* no-op when not armed */

/* The time as of this turn of the worker's loop; cheap, at most one turn old. */
int64_t weft__worker_now(void);

/* Per-worker slots for the rooms above (caches, date strings): index from an enum in this header.
 */
enum { WEFT__SLOT_SERVE, WEFT__SLOT_HTTP, WEFT__SLOT_DB, WEFT__SLOT_LAYER, WEFT__SLOT_COUNT };
void **weft__worker_slot(unsigned slot); /* of the running worker; the pointer starts as NULL */
/* Registers the destructor run for a non-NULL slot when the worker stops. */
void weft__worker_slot_destructor(unsigned slot, void (*destroy)(void *));

#endif
