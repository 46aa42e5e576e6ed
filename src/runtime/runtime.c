/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * runtime/runtime.c: starts and stops the workers. Worker 0 is carried by the calling thread.
 */
#include "runtime/runtime.h"
#include "base/clock.h"
#include "runtime/backend.h"
#include "runtime/carrier.h"
#include "runtime/lend.h"
#include "runtime/scope.h"
#include "runtime/steal.h"
#include "runtime/watchdog.h"
#include <errno.h>
#include <limits.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#define UNREPORTED (INT64_C(1) << 32) /* one worker that has not reported, in `remaining` */

static struct {
    atomic_bool taken;
    weft__worker *workers;
    _Atomic unsigned count;
    _Atomic int64_t remaining; /* see runtime.h */
    pthread_mutex_t look;      /* held by who reads counters, and while `count` changes */
} runtime = {.look = PTHREAD_MUTEX_INITIALIZER};

struct first { /* the first fiber; on the stack of weft_runtime_run */
    weft__task task;
    weft_fiber_fn *fn;
    void *arg;
    int64_t background_deadline;
    weft_error error;
};

unsigned weft_worker_count(void)
{
    return atomic_load_explicit(&runtime.count, memory_order_relaxed);
}

unsigned weft_worker_index(void)
{
    return weft__worker_here ? weft__worker_here->index : UINT_MAX;
}

weft__worker *weft__runtime_worker(unsigned on)
{
    return &runtime.workers[on % weft_worker_count()];
}

static void set_count(unsigned count)
{
    pthread_mutex_lock(&runtime.look);
    atomic_store(&runtime.count, count);
    pthread_mutex_unlock(&runtime.look);
}

bool weft__runtime_look(unsigned index, void (*look)(weft__worker *worker, void *arg), void *arg)
{
    pthread_mutex_lock(&runtime.look);
    bool exists = index < weft_worker_count();
    if (exists)
        look(&runtime.workers[index], arg);
    pthread_mutex_unlock(&runtime.look);
    return exists;
}

void weft__worker_post(unsigned on, weft__task *task)
{
    weft__worker_send(weft__runtime_worker(on), task);
}

/* ---- the end ----------------------------------------------------------------------------- */

static void on_stop(weft__task *task)
{
    (void)task;
    weft__worker_here->stopped = true;
}

static void stop(void)
{
    for (unsigned i = 0; i < weft_worker_count(); i++)
        weft__worker_send(&runtime.workers[i], &runtime.workers[i].stop);
}

bool weft__runtime_count_shared(int64_t change)
{
    int64_t old = atomic_load(&runtime.remaining);
    do {
        if (old == 0)
            return false;
    } while (!atomic_compare_exchange_weak(&runtime.remaining, &old, old + change));
    if (old + change == 0)
        stop();
    return true;
}

static void on_drain(weft__task *task)
{
    (void)task;
    weft__worker_here->draining = true;
    weft__runtime_count_shared(weft__worker_here->live - UNREPORTED);
}

static void drain(void)
{
    for (unsigned i = 0; i < weft_worker_count(); i++)
        weft__worker_send(&runtime.workers[i], &runtime.workers[i].drain);
}

static void run_first(void *arg)
{
    struct first *first = arg;
    weft__background_open();
    weft__loosen();
    first->fn(first->arg);
    weft__hold();
    weft__background_close(first->background_deadline);
    drain();
}

static void start_first(weft__task *task)
{
    struct first *first = (struct first *)(void *)task;
    first->error = weft__fiber_start("main", run_first, first);
    if (first->error)
        drain();
}

/* ---- the beginning ----------------------------------------------------------------------- */

static void *carry(void *arg)
{
    weft__worker *worker = arg;
    char name[16];
    snprintf(name, sizeof name, "weft-%u", worker->index);
    pthread_setname_np(pthread_self(), name);
    weft__worker_run(worker);
    return NULL;
}

/* Starts the threads of the workers 1 to count - 1; when one fails, ends those before it. */
static weft_error start_threads(unsigned count)
{
    unsigned started = 1;
    while (started < count && pthread_create(&runtime.workers[started].home.thread, NULL, carry,
                                             &runtime.workers[started]) == 0)
        started++;
    if (started == count)
        return WEFT_OK;
    for (unsigned i = 1; i < started; i++) {
        weft__worker_send(&runtime.workers[i], &runtime.workers[i].stop);
        pthread_join(runtime.workers[i].home.thread, NULL);
    }
    return WEFT_NO_MEMORY;
}

static weft_error run_workers(const weft_runtime_options *options, struct first *first)
{
    unsigned count = options->workers;
    runtime.workers[0].home.thread = pthread_self();
    WEFT_TRY(start_threads(count));
    weft_error error = weft__watchdog_open(options);
    if (error)
        drain();
    else
        weft__worker_post(0, &first->task);
    weft__worker_run(&runtime.workers[0]);
    weft__watchdog_close();
    for (unsigned i = 1; i < count; i++)
        pthread_join(runtime.workers[i].home.thread, NULL);
    return error ? error : first->error;
}

static weft_error run_on(const weft_runtime_options *options, struct first *first)
{
    atomic_store(&runtime.remaining, options->workers * UNREPORTED);
    set_count(options->workers);
    weft_error error = weft__carriers_open(options);
    if (!error) {
        weft__crash_install();
        error = run_workers(options, first);
        weft__carriers_close();
        weft__crash_remove();
    }
    set_count(0);
    return error;
}

static weft_error run(const weft_runtime_options *options, struct first *first)
{
    unsigned opened = 0;
    const weft__backend *backend;
    size_t size = options->workers * sizeof *runtime.workers;
    WEFT_TRY(weft__backend_choose(&backend));
    weft_error error = WEFT_NO_MEMORY;
    runtime.workers = aligned_alloc(_Alignof(weft__worker), size);
    if (!runtime.workers)
        return error;
    weft__stack_set_size(options->stack_size);
    weft__crew_reset(options->stealing == WEFT_STEALING_EAGER ? 0 : WEFT__SHARE_BACKLOG);
    weft__lending_reset(options->stealing == WEFT_STEALING_EAGER);
    for (; opened < options->workers; opened++) {
        weft__worker *worker = &runtime.workers[opened];
        error = weft__worker_open(worker, opened, backend);
        if (error)
            goto close;
        worker->helping = options->workers > 1 && options->stealing != WEFT_STEALING_OFF;
        worker->budget = options->budget;
        worker->virtual_time = options->virtual_time;
        worker->seeded = options->seed != 0;
        worker->chance = options->seed;
        worker->drain.fn = on_drain;
        worker->stop.fn = on_stop;
    }
    error = weft__blocking_open(options);
    if (error)
        goto close;
    error = run_on(options, first);
    weft__blocking_close();
close:
    while (opened > 0)
        weft__worker_close(&runtime.workers[--opened]);
    free(runtime.workers);
    return error;
}

static weft_error run_first_of(const weft_runtime_options *options, weft_fiber_fn *main, void *arg)
{
    struct first first = {.task.fn = start_first,
                          .fn = main,
                          .arg = arg,
                          .background_deadline = options->background_deadline};
    if (options->virtual_time)
        weft__clock_set(weft_clock_now());
    weft_error error = run(options, &first);
    weft__clock_set(0);
    return error;
}

weft_error weft_runtime_run(const weft_runtime_options *options, weft_fiber_fn *main, void *arg)
{
    if (atomic_exchange(&runtime.taken, true))
        return WEFT_BUSY;
    weft_runtime_options complete_options = options ? *options : (weft_runtime_options){0};
    weft_error error = weft__options_complete(&complete_options);
    if (error == WEFT_OK)
        error = run_first_of(&complete_options, main, arg);
    atomic_store(&runtime.taken, false);
    return error;
}
