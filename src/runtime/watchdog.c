/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * runtime/watchdog.c: looks for workers whose fiber does not come back. Each worker counts how
 * often it has resumed a fiber; one that runs a fiber and has the same count as long ago is stuck.
 * The log says which it is, and another thread is to adopt the worker.
 */
#include "runtime/watchdog.h"
#include "runtime/backtrace.h"
#include "runtime/carrier.h"
#include "runtime/runtime.h"
#include <stdio.h>
#include <stdlib.h>
#include <weft/log.h>

/* What has been seen of one worker. */
typedef struct sight {
    uint64_t resumed; /* its count */
    int64_t since;    /* when that was first seen */
    bool said;        /* in the log */
} sight;

static struct {
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t close;
    bool running, closing;
    int64_t stuck_after;
    unsigned workers;
    sight *sights;
} watchdog = {.lock = PTHREAD_MUTEX_INITIALIZER};

/* ---- saying it --------------------------------------------------------------------------- */

static const char *consequence(weft_error adopted)
{
    switch (adopted) {
    case WEFT_OK: return "its worker goes on with another thread";
    case WEFT_LIMIT: return "its worker waits, for all spare threads are in use (spare_threads)";
    case WEFT_BUSY: return "its worker waits, for it is inside a call of the library";
    default: return "its worker waits";
    }
}

static void say(unsigned worker, int64_t time, const weft__backtrace *trace, weft_error adopted)
{
    char text[320], stack[WEFT__BACKTRACE_TEXT];
    int len = snprintf(text, sizeof text,
                       "%.100s has run for %lld ms without giving way; %s. What takes long belongs "
                       "in weft_blocking_run",
                       trace->name, (long long)(time / WEFT_MILLISECOND), consequence(adopted));
    const weft_log_field fields[] = {
        WEFT_FIELD_STR("fiber", weft_str_from(trace->name)),
        WEFT_FIELD_I64("worker", worker),
        WEFT_FIELD_STR("stack", weft__backtrace_format(trace, stack)),
    };
    weft_log_event(WEFT_LOG_WARN, "runtime", (weft_str){text, (size_t)len}, fields, 3);
}

/* ---- looking ----------------------------------------------------------------------------- */

/* The worker runs `fiber` for too long. */
static void act(weft__worker *worker, sight *last, pthread_t thread, const weft_fiber *fiber)
{
    weft__backtrace trace = {0};
    if (!last->said)
        weft__backtrace_ask(&trace, thread, fiber);
    weft_error adopted = weft__carrier_replace(worker, fiber, &trace.name);
    if (last->said || !trace.name)
        return;
    last->said = true;
    atomic_fetch_add_explicit(&worker->counters.stuck, 1, memory_order_relaxed);
    say(worker->index, weft_clock_now() - last->since, &trace, adopted);
}

static void look(weft__worker *worker, sight *last)
{
    const weft_fiber *fiber;
    uint64_t resumed = __atomic_load_n(&worker->ready.taken, __ATOMIC_RELAXED);
    pthread_t thread = weft__carrier_thread(worker, &fiber);
    int64_t now = weft_clock_now();
    if (!fiber || resumed != last->resumed)
        *last = (sight){.resumed = resumed, .since = now};
    else if (now - last->since >= watchdog.stuck_after)
        act(worker, last, thread, fiber);
}

/* False when it is time to end. */
static bool pause_between(void)
{
    int64_t until = weft_deadline_after(watchdog.stuck_after / WEFT__WATCH_LOOKS);
    struct timespec at = {.tv_sec = until / WEFT_SECOND, .tv_nsec = until % WEFT_SECOND};
    pthread_mutex_lock(&watchdog.lock);
    if (!watchdog.closing)
        pthread_cond_timedwait(&watchdog.close, &watchdog.lock, &at);
    bool closing = watchdog.closing;
    pthread_mutex_unlock(&watchdog.lock);
    return !closing;
}

static void *watch(void *arg)
{
    (void)arg;
    pthread_setname_np(pthread_self(), "weft-watchdog");
    while (pause_between())
        for (unsigned i = 0; i < watchdog.workers; i++)
            look(weft__runtime_worker(i), &watchdog.sights[i]);
    return NULL;
}

/* ---- life -------------------------------------------------------------------------------- */

weft_error weft__watchdog_open(const weft_runtime_options *options)
{
    if (options->stuck_after == WEFT_NEVER)
        return WEFT_OK;
    watchdog.sights = calloc(options->workers, sizeof *watchdog.sights);
    if (!watchdog.sights)
        return WEFT_NO_MEMORY;
    watchdog.workers = options->workers;
    watchdog.stuck_after = options->stuck_after;
    watchdog.closing = false;
    pthread_condattr_t monotonic;
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&watchdog.close, &monotonic);
    pthread_condattr_destroy(&monotonic);
    weft__backtrace_install();
    watchdog.running = pthread_create(&watchdog.thread, NULL, watch, NULL) == 0;
    if (watchdog.running)
        return WEFT_OK;
    weft__watchdog_close();
    return WEFT_NO_MEMORY;
}

void weft__watchdog_close(void)
{
    if (!watchdog.sights)
        return;
    if (watchdog.running) {
        pthread_mutex_lock(&watchdog.lock);
        watchdog.closing = true;
        pthread_cond_signal(&watchdog.close);
        pthread_mutex_unlock(&watchdog.lock);
        pthread_join(watchdog.thread, NULL);
    }
    weft__backtrace_remove();
    pthread_cond_destroy(&watchdog.close);
    free(watchdog.sights);
    watchdog.sights = NULL;
}
