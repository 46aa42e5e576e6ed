/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * runtime/fiber.h: the fiber, for the files of this room. A fiber lies at the top of its own stack,
 * so that one warm page holds both.
 *
 * Protocol. Only the thread of its worker touches a fiber, without atomics, but for `remote`,
 * `ending` and `worker`. Another thread that has something to say sets a bit in `remote`; who sets
 * the first one posts the fiber's task to its worker, which then does what the bits say. A joiner
 * of another worker that finds the task still under way leaves the freeing to it.
 */
#ifndef WEFT_RUNTIME_FIBER_H
#define WEFT_RUNTIME_FIBER_H

#include "runtime/machine.h"
#include "runtime/park.h"
#include "runtime/reactor.h"
#include "runtime/sanitize.h"
#include <base/context.h>
#include <stdatomic.h>

enum weft__fiber_state {
    WEFT__FIBER_READY,    /* in its worker's queue, or on the way there */
    WEFT__FIBER_RUNNING,  /* on its worker's thread */
    WEFT__FIBER_PARKED,   /* waits; a deadline and a cancellation wake it too */
    WEFT__FIBER_SHIELDED, /* waits for weft__unpark only */
    WEFT__FIBER_ENDED,
    WEFT__FIBER_CRASHED, /* will never run again, nor be used for another */
};

enum weft__remote_bits {
    WEFT__REMOTE_UNPARK = 1,
    WEFT__REMOTE_CANCEL = 2,
    WEFT__REMOTE_START = 4,
    WEFT__REMOTE_FREE = 8,     /* it has ended and was joined */
    WEFT__REMOTE_OFFERED = 16, /* who takes it reads the bits; nothing is posted */
    WEFT__REMOTE_BURIED = 32,  /* it has crashed, and is not to be freed */
};

struct weft_fiber {
    weft__machine machine;                 /* where it goes on; first, for the entry code */
    weft_fiber *next;                      /* in the queue or the pool that it is in */
    _Atomic(struct weft__worker *) worker; /* NULL while offered, see steal.h; use the functions */
    uint8_t state;                         /* enum weft__fiber_state */
    bool fresh;                            /* has not started, and any worker may start it */
    bool woken;                            /* unparked before it parked */
    bool cancelled;                        /* for good */
    bool joinable;                         /* somebody owns it */
    bool shielded;                         /* its waits are deaf to cancellation */
    uint16_t result;                       /* weft_error: how the present wait ended */
    unsigned scopes;                       /* that it has entered and not left */
    struct weft__carrier *carrier; /* the thread that has resumed it last: while it runs, the one */
    uint64_t spares; /* a bit for each spare thread that has run it; published; see carrier.h */
    weft_fiber_fn *fn;
    void *arg;
    weft__context context;
    weft__timer timer; /* the deadline of the present wait */
    weft_arena arena;  /* of fibers that are joined; the others bring their own */
    weft__task task;   /* carries it, or its remote bits, to its worker */
    _Atomic unsigned remote;
    _Atomic(weft__ending *) ending; /* who waits for its end; see fiber.c once it has ended */
    char *stack;                    /* the lowest usable byte; the guard lies below */
    weft__ring mapping;             /* its place among all that are mapped; see stack.c */
    weft__traces traces;
};

static inline struct weft__worker *weft__fiber_worker(const weft_fiber *fiber)
{
    return atomic_load_explicit(&fiber->worker, memory_order_relaxed);
}

static inline void weft__fiber_set_worker(weft_fiber *fiber, struct weft__worker *worker)
{
    atomic_store_explicit(&fiber->worker, worker, memory_order_relaxed);
}

/* The running fiber, or NULL. */
weft_fiber *weft__fiber_running(void);

/* A fiber for `worker`, or NULL for this one and whoever takes it before it has started; with
 * memory and count of the running one; not started. Its maker may use
 * `room` bytes, a multiple of 16, below the fiber, that is above its stack, until it is freed. */
weft_error weft__fiber_make(weft_fiber **made, struct weft__worker *worker, const char *name,
                            weft_fiber_fn *fn, void *arg, size_t room) WEFT_NODISCARD;
void weft__fiber_launch(weft_fiber *fiber); /* starts it */
void weft__fiber_unmake(weft_fiber *fiber); /* frees it instead */

/* Runs on the fiber's stack; called by the entry code. */
_Noreturn void weft__fiber_main(weft_fiber *fiber);

/* After its last switch, on the worker's own stack: tells the joiner, frees what nobody joins. */
void weft__fiber_finish(struct weft__worker *worker, weft_fiber *fiber);

/* Frees an ended fiber, or leaves that to its worker, when that has mail for it. */
void weft__fiber_free(struct weft__worker *here, weft_fiber *fiber);

/* Whether its next wait will say so. */
static inline bool weft__fiber_is_cancelled(const weft_fiber *fiber)
{
    return fiber->cancelled && !fiber->shielded;
}

/* Tells a fiber of another worker: one of the remote bits. */
void weft__fiber_tell(weft_fiber *fiber, unsigned bit);

void weft__fiber_hear(weft__task *task);          /* of the fiber's task */
void weft__fiber_on_deadline(weft__timer *timer); /* of the fiber's timer */

#endif
