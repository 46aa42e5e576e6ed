/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * bench/load/stalls.c: threads that notice that they wake late. See stalls.h.
 */
#include "stalls.h"
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <time.h>

#define SECOND 1000000000LL

typedef struct stall {
    int64_t begin, end;
} stall;

typedef struct watcher {
    pthread_t thread;
    stall *stalls; /* STALLS_KEPT */
    size_t count;
} watcher;

static struct {
    watcher watchers[STALL_CPUS];
    unsigned count;
    atomic_bool ended;
    stall *merged; /* those of all, in order, none near another */
    size_t merged_count;
} watch;

static int64_t now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * SECOND + time.tv_nsec;
}

/* When the list is full its last stall lasts on: nothing is taken for calm that was not watched. */
static void keep(watcher *self, int64_t begin, int64_t end)
{
    if (self->count < STALLS_KEPT)
        self->stalls[self->count++].begin = begin;
    self->stalls[self->count - 1].end = end;
}

static void *look(void *arg)
{
    watcher *self = arg;
    for (int64_t due = now(); !atomic_load(&watch.ended);) {
        due += STALL_LOOK;
        struct timespec at = {.tv_sec = due / SECOND, .tv_nsec = due % SECOND};
        clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &at, NULL);
        int64_t time = now();
        if (time - due < STALL_LEAST)
            continue;
        keep(self, due - STALL_LOOK, time);
        due = time;
    }
    return NULL;
}

static bool watch_one(unsigned cpu)
{
    watcher *self = &watch.watchers[watch.count];
    pthread_attr_t attributes;
    cpu_set_t where;
    CPU_ZERO(&where);
    CPU_SET(cpu, &where);
    self->stalls = calloc(STALLS_KEPT, sizeof *self->stalls);
    if (self->stalls == NULL || pthread_attr_init(&attributes) != 0)
        return false;
    pthread_attr_setaffinity_np(&attributes, sizeof where, &where);
    pthread_attr_setinheritsched(&attributes, PTHREAD_EXPLICIT_SCHED);
    pthread_attr_setschedpolicy(&attributes, SCHED_FIFO);
    pthread_attr_setschedparam(&attributes,
                               &(struct sched_param){sched_get_priority_max(SCHED_FIFO)});
    bool runs = pthread_create(&self->thread, &attributes, look, self) == 0;
    pthread_attr_destroy(&attributes);
    watch.count += runs;
    return runs;
}

bool stalls_watch(const char *cpus)
{
    for (char *end; *cpus != '\0'; cpus = *end == ',' ? end + 1 : end) {
        unsigned long cpu = strtoul(cpus, &end, 10);
        bool valid = end != cpus && (*end == ',' || *end == '\0') && cpu < CPU_SETSIZE;
        if (!valid || watch.count == STALL_CPUS || !watch_one((unsigned)cpu)) {
            stalls_end();
            watch.count = 0;
            return false;
        }
    }
    return watch.count > 0;
}

/* ---- afterwards ------------------------------------------------------------------------------ */

static int compare(const void *left, const void *right)
{
    int64_t one = ((const stall *)left)->begin, other = ((const stall *)right)->begin;
    return (one > other) - (one < other);
}

void stalls_end(void)
{
    size_t total = 0;
    atomic_store(&watch.ended, true);
    for (unsigned i = 0; i < watch.count; i++) {
        pthread_join(watch.watchers[i].thread, NULL);
        total += watch.watchers[i].count;
    }
    stall *all = calloc(total + 1, sizeof *all);
    if (all == NULL)
        abort();
    for (unsigned i = 0, at = 0; i < watch.count; i++)
        for (size_t j = 0; j < watch.watchers[i].count; j++)
            all[at++] = watch.watchers[i].stalls[j];
    qsort(all, total, sizeof *all, compare);
    for (size_t i = 0; i < total; i++) {
        stall *last = &all[watch.merged_count > 0 ? watch.merged_count - 1 : 0];
        if (watch.merged_count > 0 && all[i].begin - last->end <= 2 * STALL_NEAR)
            last->end = all[i].end > last->end ? all[i].end : last->end;
        else
            all[watch.merged_count++] = all[i];
    }
    watch.merged = all;
}

bool stalls_near(int64_t time)
{
    size_t low = 0, high = watch.merged_count; /* the first that ends later is between */
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (watch.merged[middle].end + STALL_NEAR < time)
            low = middle + 1;
        else
            high = middle;
    }
    return low < watch.merged_count && watch.merged[low].begin - STALL_NEAR <= time;
}
