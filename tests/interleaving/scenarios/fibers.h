/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * scenarios/fibers.h: what scenarios with threads or fibers begin with.
 */
#ifndef WEFT_INTERLEAVING_FIBERS_H
#define WEFT_INTERLEAVING_FIBERS_H

#include <pthread.h>
#include <weft/runtime.h>

static inline pthread_t start(void *(*fn)(void *), void *arg)
{
    pthread_t thread;
    pthread_create(&thread, NULL, fn, arg);
    return thread;
}

static inline void *pass_two_seconds(void *unused)
{
    explore_pass(2 * WEFT_SECOND);
    return unused;
}

/* Runs `fn` as the first fiber, on worker 0; logical thread 0 carries it. */
static inline void run_fibers(unsigned workers, weft_fiber_fn *fn)
{
    weft_runtime_options options = {.workers = workers,
                                    .stealing = WEFT_STEALING_OFF, /* has scenarios of its own */
                                    .stack_size = 64 << 10,
                                    .blocking_threads = 1,
                                    .blocking_queue = 1,
                                    .blocking_idle = WEFT_SECOND,
                                    .stuck_after = WEFT_NEVER};
    CHECK(weft_runtime_run(&options, fn, NULL) == WEFT_OK);
}

#endif
