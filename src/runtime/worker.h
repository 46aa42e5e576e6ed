/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * runtime/worker.h: the worker, a logical processor: a queue of ready fibers, a reactor, timers,
 * warm stacks. One OS thread carries it.
 *
 * Protocol. Only the carrying thread touches a worker, but for the mailbox. Others push tasks onto
 * the mailbox and, when the worker sleeps (or is about to), ring its bell, an eventfd. The worker
 * announces its sleep before it looks at the mailbox for the last time, and senders look at the
 * announcement after they have pushed, all sequentially consistent: one of them sees the other. A
 * sender counts itself in `posting` meanwhile, so that the worker is not freed under it.
 */
#ifndef WEFT_RUNTIME_WORKER_H
#define WEFT_RUNTIME_WORKER_H

#include "runtime/fiber.h"
#include "runtime/stack.h"
#include "runtime/wheel.h"
#include <pthread.h>
#include <signal.h>
#include <sys/epoll.h>

#define WEFT__RUN_BUDGET  64  /* fibers run before the reactor is asked again */
#define WEFT__POLL_EVENTS 128 /* events fetched at once */

#define WEFT__SIGNAL_STACK (64u << 10) /* bytes of the stack that reports overflows */

typedef struct weft__queue {
    weft_fiber *first, *last;
} weft__queue;

typedef struct weft__worker {
    weft__queue ready;   /* first come, first served */
    weft_fiber *running; /* NULL while the loop itself runs */
    int64_t now;         /* the time as of this turn */
    int64_t live;        /* fibers started here less fibers ended here: the sum over all is true */
    weft__pool pool;
    weft__machine machine; /* the loop, while a fiber runs */
    weft__traces traces;   /* the thread's own stack */
    int epoll, bell;
    unsigned index;
    bool draining; /* main has ended: live fibers are counted in the runtime from now on */
    bool stopped;
    bool virtual_time; /* the clock stands still, and jumps when there is nothing to do */
    unsigned outside;  /* fibers that wait for a thread at work for them */
    bool seeded;       /* the next fiber is chosen by chance */
    uint64_t chance;   /* where the sequence that begins with the seed has come to */
    unsigned fetched;  /* events of this turn that have not been dispatched: events[0..fetched) */
    pthread_t thread;
    void *signal_stack;
    stack_t signal_stack_before; /* the thread's own */
    void *slots[WEFT__SLOT_COUNT];
    weft__task drain, stop; /* the runtime's messages */
    weft__wheel wheel;
    struct epoll_event events[WEFT__POLL_EVENTS];

    _Alignas(64) _Atomic(weft__task *) mailbox; /* newest first */
    _Atomic unsigned sleeping;
    _Atomic unsigned posting;
} weft__worker;

/* The worker that the calling thread carries, or NULL. A suspended fiber may not keep it. */
extern _Thread_local weft__worker *weft__worker_here __attribute__((tls_model("initial-exec")));

weft_error weft__worker_open(weft__worker *worker, unsigned index) WEFT_NODISCARD;
void weft__worker_close(weft__worker *worker); /* after every thread has ended */
void weft__worker_run(weft__worker *worker);   /* until `stopped` */

void weft__worker_send(weft__worker *worker, weft__task *task); /* from any thread */

void weft__worker_clear_slots(weft__worker *worker);

/* Puts a fiber chosen by chance at the head of the ready ones. */
void weft__chance_pick(weft__worker *worker);

/* Fetches events and makes their fibers ready; waits for `timeout` milliseconds at most. */
void weft__reactor_poll(weft__worker *worker, int timeout);

/* The running fiber gives way to the loop. Inline, because a return that was called on another
 * stack is mispredicted. Nothing may read weft__worker_here after it in the same function: the
 * compiler is free to keep the address of a thread-local, and another thread may carry the worker
 * one day. */
static inline __attribute__((always_inline)) void weft__worker_suspend(weft_fiber *fiber)
{
    weft__worker *worker = fiber->worker;
    weft__trace_leave(&fiber->traces, &worker->traces, fiber->state == WEFT__FIBER_ENDED);
    weft__machine_switch(&fiber->machine, &worker->machine);
    weft__trace_arrive(&fiber->traces, &worker->traces);
}

static inline void weft__worker_enqueue(weft__worker *worker, weft_fiber *fiber)
{
    fiber->next = NULL;
    if (worker->ready.first)
        worker->ready.last->next = fiber;
    else
        worker->ready.first = fiber;
    worker->ready.last = fiber;
}

#endif
