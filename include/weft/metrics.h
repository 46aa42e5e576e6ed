/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * weft/metrics.h: what the runtime has done so far, in numbers. Counters only grow while a runtime
 * runs and begin at zero with each; reading them disturbs no worker. From any thread.
 */
#ifndef WEFT_METRICS_H
#define WEFT_METRICS_H

#include <weft/base.h>

/* Bucket n of a histogram counts from 2^n to 2^(n+1) - 1, the last one also what was more. */
#define WEFT_METRICS_BUCKETS 40 /* of one of times, in ns */
#define WEFT_METRICS_DEPTHS  20 /* of one of numbers of fibers */

/* Of one worker. */
typedef struct weft_worker_metrics {
    uint64_t turns;       /* of its loop */
    uint64_t fibers_run;  /* how often a fiber was resumed */
    uint64_t spawned;     /* fibers made here */
    uint64_t stolen_from; /* fibers made here, or brought here, that another worker took */
    uint64_t steals;      /* fibers that it took from others */
    uint64_t borrows;     /* how often it has looked after a worker whose fiber computed */
    uint64_t parks;       /* how often it went to sleep */
    uint64_t wakes;       /* how often another thread woke it */
    uint64_t stuck;       /* how often the log has named a fiber that kept it busy for too long */
    uint64_t ready_max;   /* the most fibers that have been ready in one turn */
    uint64_t turns_given; /* how often a fiber had used up WEFT_BUDGET and gave way */
    uint64_t turn_time[WEFT_METRICS_BUCKETS]; /* that fibers ran between two looks at the reactor */
    uint64_t turn_depth[WEFT_METRICS_DEPTHS]; /* fibers that were ready meanwhile */
} weft_worker_metrics;

/* Of the whole runtime. */
typedef struct weft_runtime_metrics {
    const char *reactor; /* what workers wait with: "epoll" or "io_uring" */
    unsigned workers;
    unsigned blocking_threads; /* of the blocking pool, alive now */
    unsigned blocking_waiting; /* jobs that no thread has taken yet */
    uint64_t blocking_done;
    uint64_t blocking_rejected; /* not run: cancelled or timed out before, or no thread for them */
} weft_runtime_metrics;

/* False when no runtime runs, or it has no such worker; then everything is zero. */
bool weft_runtime_measure(weft_runtime_metrics *metrics) WEFT_NONNULL(1);
bool weft_worker_measure(unsigned worker, weft_worker_metrics *metrics) WEFT_NONNULL(2);

#endif
