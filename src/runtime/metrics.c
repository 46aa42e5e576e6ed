/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * runtime/metrics.c: reads the counters of the workers and of the blocking pool.
 */
#include "runtime/backend.h"
#include "runtime/runtime.h"

static uint64_t load(const _Atomic uint64_t *counter)
{
    return atomic_load_explicit(counter, memory_order_relaxed);
}

static void read_worker(weft__worker *worker, void *to)
{
    weft_worker_metrics *metrics = to;
    const weft__counters *counters = &worker->counters;
    *metrics = (weft_worker_metrics){
        .turns = load(&counters->turns),
        .fibers_run = __atomic_load_n(&worker->ready.taken, __ATOMIC_RELAXED),
        .spawned = load(&counters->spawns),
        .stolen_from = load(&counters->stolen),
        .steals = load(&counters->steals),
        .borrows = load(&counters->borrows),
        .parks = load(&counters->parks),
        .wakes = load(&counters->wakes),
        .stuck = load(&counters->stuck),
        .ready_max = load(&counters->ready_max),
        .turns_given = load(&counters->turns_given),
    };
    for (unsigned i = 0; i < WEFT_METRICS_BUCKETS; i++)
        metrics->turn_time[i] = load(&counters->turn_time[i]);
    for (unsigned i = 0; i < WEFT_METRICS_DEPTHS; i++)
        metrics->turn_depth[i] = load(&counters->turn_depth[i]);
}

static void read_runtime(weft__worker *worker, void *to)
{
    weft_runtime_metrics *metrics = to;
    metrics->reactor = worker->backend->name;
    metrics->workers = weft_worker_count();
    weft__blocking_measure(metrics);
}

bool weft_worker_measure(unsigned worker, weft_worker_metrics *metrics)
{
    *metrics = (weft_worker_metrics){0};
    return weft__runtime_look(worker, read_worker, metrics);
}

bool weft_runtime_measure(weft_runtime_metrics *metrics)
{
    *metrics = (weft_runtime_metrics){0};
    return weft__runtime_look(0, read_runtime, metrics);
}
