/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * runtime/runtime.h: what the files of this room share of the running runtime.
 *
 * Counting. While main runs, each worker keeps the difference of the fibers that it has started and
 * ended to itself, so that a request costs no atomic operation. When main has ended each worker
 * reports its difference and counts in the shared word from then on. The word also holds, from bit
 * 32 up, the number of workers that have not reported; so it is zero only when all have and no
 * fiber lives, and then nobody can start one any more.
 */
#ifndef WEFT_RUNTIME_RUNTIME_H
#define WEFT_RUNTIME_RUNTIME_H

#include "runtime/worker.h"

weft__worker *weft__runtime_worker(unsigned on); /* of the running runtime, modulo their count */

/* The worker that a fiber is to be spawned on; NULL for WEFT_ANYWHERE. */
static inline weft__worker *weft__worker_named(unsigned on)
{
    return on == WEFT_ANYWHERE ? NULL : weft__runtime_worker(on);
}

bool weft__runtime_count_shared(int64_t change);

/* Counts a fiber in or out; false when the runtime has stopped. */
static inline bool weft__runtime_count(weft__worker *worker, int64_t change)
{
    if (WEFT_UNLIKELY(worker->draining))
        return weft__runtime_count_shared(change);
    worker->live += change;
    return true;
}

/* Looks at worker `index` while it cannot go away; false when there is none. */
bool weft__runtime_look(unsigned index, void (*look)(weft__worker *worker, void *arg), void *arg);

/* Fills in every default; says on standard error what is wrong with the environment. */
weft_error weft__options_complete(weft_runtime_options *options) WEFT_NODISCARD;

/* The number of CPUs that this process may use: affinity and the limits of its control groups,
 * which are looked up below `root` ("" but in tests). At least 1. */
unsigned weft__cpu_count(const char *root);

/* The blocking pool. `close` after the last fiber has ended: no job can be left. */
weft_error weft__blocking_open(const weft_runtime_options *options) WEFT_NODISCARD;
void weft__blocking_close(void);
void weft__blocking_measure(weft_runtime_metrics *metrics);

#endif
