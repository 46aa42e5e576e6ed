/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * runtime/worker.h: the worker, a logical processor: a queue of ready fibers, a reactor, timers,
 * warm stacks. One OS thread carries it, the same almost always: see carrier.h.
 *
 * Protocol. Only the carrying thread touches a worker, but for the mailbox. Others push tasks onto
 * the mailbox and, when the worker sleeps (or is about to), ring its bell, an eventfd. The worker
 * announces its sleep before it looks at the mailbox for the last time, and senders look at the
 * announcement after they have pushed, all sequentially consistent: one of them sees the other. A
 * sender counts itself in `posting` meanwhile, so that the worker is not freed under it.
 */
#ifndef WEFT_RUNTIME_WORKER_H
#define WEFT_RUNTIME_WORKER_H

#include "runtime/crash.h"
#include "runtime/deque.h"
#include "runtime/fiber.h"
#include "runtime/hold.h"
#include "runtime/stack.h"
#include "runtime/wheel.h"
#include <pthread.h>
#include <signal.h>
#include <sys/epoll.h>
#include <weft/metrics.h>

#define WEFT__POLL_EVENTS 128 /* events fetched at once */

#define WEFT__SIGNAL_STACK (64u << 10) /* bytes of the stack that signal handlers run on */

/* A store for those who only look on: the watchdog, metrics. */
#ifndef WEFT__PUBLISH
#define WEFT__PUBLISH(place, value) __atomic_store_n(&(place), value, __ATOMIC_RELAXED)
#endif

typedef struct weft__queue {
    weft_fiber *first, *last;
    uint64_t put, taken; /* how many so far; `taken` is published */
} weft__queue;

/* Written by the worker only, but for the last three; read by anybody. */
typedef struct weft__counters {
    _Atomic uint64_t turns, spawns, steals, parks, ready_max, turns_given, borrows;
    _Atomic uint64_t turn_time[WEFT_METRICS_BUCKETS], turn_depth[WEFT_METRICS_DEPTHS];
    _Atomic uint64_t stolen, wakes, stuck;
} weft__counters;

typedef enum weft__grip { WEFT__HELD, WEFT__LOOSE } weft__grip;

/* An OS thread that carries a worker; see carrier.h. */
typedef struct weft__carrier {
    struct weft__worker *worker; /* that it carries, or has lost; NULL: an idle spare */
    weft_fiber *running;         /* NULL in the loop; published */
    weft__grip grip;             /* with __atomic but by itself */
    bool claimed;                /* the watchdog takes, or has taken, the worker; with __atomic */
    bool adoptable;              /* its worker may be taken: it may be loose */
    uint64_t mark;               /* of a spare: its bit in the fibers that it has resumed */
    weft__machine machine;       /* the loop, while a fiber runs */
    weft__traces traces;         /* the thread's own stack */
    struct weft__carrier *next;  /* in the worker's `wanted` */
    const weft_fiber *stuck;     /* of the last incident */
    const char *stuck_name;
    uint64_t named; /* its worker's count of runs when the log named what it runs; with the lock */
    pthread_t thread;
    pid_t id; /* of the thread, for the kernel */
    void *signal_stack;
    stack_t signal_stack_before; /* the thread's own */
    weft__crash crash;           /* of the fiber that it ran, from the handler to the loop */
} weft__carrier;

typedef struct weft__worker {
    weft__queue ready;      /* first come, first served */
    weft__carrier *carrier; /* changes under the carriers' lock only */
    int64_t now;            /* the time as of this turn; published */
    int64_t live;    /* fibers started here less fibers ended here: the sum over all is true */
    int64_t pace;    /* nanoseconds that a fiber runs, the average of late */
    int64_t away;    /* when it has last come from a long turn; see lend.h */
    bool passing;    /* somebody else wants to carry it */
    bool offering;   /* `offered` may hold fibers */
    bool helping;    /* takes part in stealing */
    uint32_t budget; /* of each fiber that it resumes */
    weft__pool pool;
    const struct weft__backend *backend;
    int epoll; /* each is its backend's */
    struct weft__uring *uring;
    int bell;
    unsigned index;
    bool draining; /* main has ended: live fibers are counted in the runtime from now on */
    bool stopped;
    bool virtual_time; /* the clock stands still, and jumps when there is nothing to do */
    unsigned outside;  /* fibers that wait for a thread at work for them */
    bool seeded;       /* the next fiber is chosen by chance */
    uint64_t chance;   /* where the sequence that begins with the seed has come to */
    uint32_t turn;     /* the same for weft__turn without a seed */
    unsigned fetched;  /* events of this turn that have not been dispatched: events[0..fetched) */
    void *slots[WEFT__SLOT_COUNT];
    weft__task drain, stop; /* the runtime's messages */
    weft__task tell;        /* that it is wanted; under way while `told` */
    weft__wheel wheel;
    struct epoll_event events[WEFT__POLL_EVENTS];
    weft__counters counters;
    weft__carrier home;
    weft__carrier *wanted; /* who waits to carry it, the first first; under the carriers' lock */
    bool told;             /* `tell` is under way; under the carriers' lock */
    bool lent;             /* to an idle worker; under the carriers' lock */

    weft__deque offered;                        /* see steal.h */
    _Alignas(64) _Atomic(weft__task *) mailbox; /* newest first */
    _Atomic unsigned sleeping;
    _Atomic unsigned posting;
    _Atomic unsigned called; /* to search for work */
} weft__worker;

/* The worker that the calling thread carries, or NULL. A suspended fiber may not keep it. */
extern _Thread_local weft__worker *weft__worker_here __attribute__((tls_model("initial-exec")));

/* The calling thread as a carrier, or NULL. A suspended fiber may not keep it. */
extern _Thread_local weft__carrier *weft__carrier_here __attribute__((tls_model("initial-exec")));

weft_error weft__worker_open(weft__worker *worker, unsigned index,
                             const struct weft__backend *backend) WEFT_NODISCARD;
void weft__worker_close(weft__worker *worker); /* after every thread has ended */
void weft__worker_run(weft__worker *worker);   /* on its home, until `stopped` */
void weft__worker_carry(weft__worker *worker); /* until `stopped`, or another carrier has it */

void weft__worker_send(weft__worker *worker, weft__task *task); /* from any thread */

void weft__worker_ring(weft__worker *worker); /* wakes it */

/* What the loop of a borrowed worker would do now: see lend.h. */
void weft__worker_attend(weft__worker *worker);

void weft__worker_clear_slots(weft__worker *worker);

/* Puts a fiber chosen by chance at the head of the ready ones. */
void weft__chance_pick(weft__worker *worker);

/* The running fiber gives way to the loop. Inline, because a return that was called on another
 * stack is mispredicted. Nothing may read weft__worker_here after it in the same function: the
 * compiler is free to keep the address of a thread-local, and another thread may carry the worker
 * now. */
static inline __attribute__((always_inline)) void weft__worker_suspend(weft_fiber *fiber)
{
    weft__trace_leave(&fiber->traces, &fiber->carrier->traces, fiber->state == WEFT__FIBER_ENDED);
    weft__machine_switch(&fiber->machine, &fiber->carrier->machine);
    weft__trace_arrive(&fiber->traces, &fiber->carrier->traces);
}

static inline void weft__worker_enqueue(weft__worker *worker, weft_fiber *fiber)
{
    WEFT__CHECK_HELD();
    fiber->next = NULL;
    if (worker->ready.first)
        worker->ready.last->next = fiber;
    else
        worker->ready.first = fiber;
    worker->ready.last = fiber;
    worker->ready.put++;
}

/* NULL when nothing is ready. */
static inline weft_fiber *weft__worker_dequeue(weft__worker *worker)
{
    weft_fiber *fiber = worker->ready.first;
    if (fiber)
        worker->ready.first = fiber->next;
    return fiber;
}

/* The fibers that are ready or offered. */
static inline uint64_t weft__worker_depth(weft__worker *worker)
{
    return worker->ready.put - worker->ready.taken -
           atomic_load_explicit(&worker->counters.stolen, memory_order_relaxed);
}

/* Adds to a counter of the worker that we are. */
static inline void weft__count(_Atomic uint64_t *counter, uint64_t more)
{
    uint64_t old = atomic_load_explicit(counter, memory_order_relaxed);
    atomic_store_explicit(counter, old + more, memory_order_relaxed);
}

static inline void weft__count_max(_Atomic uint64_t *counter, uint64_t value)
{
    if (value > atomic_load_explicit(counter, memory_order_relaxed))
        atomic_store_explicit(counter, value, memory_order_relaxed);
}

#endif
