/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * runtime/blocking.c: the blocking pool. Jobs lie on the stacks of the fibers that wait for them,
 * in one list, first come, first served; the first `queue_limit` of them are in the queue, the
 * others wait for a place in it. Everything is under one lock, which is held for a few
 * instructions at a time.
 */
#include "base/clock.h"
#include "runtime/hold.h"
#include "runtime/runtime.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

struct job {
    struct job *next, **link; /* the list; link NULL: taken by a thread */
    void (*fn)(void *arg);
    void *arg;
    weft_fiber *fiber;
    bool queued; /* has a place in the queue */
};

enum thread_state { NONE, ALIVE, ENDED };

struct thread {
    pthread_t thread;
    enum thread_state state; /* an ended thread has not been joined yet */
};

static struct {
    pthread_mutex_t lock;
    pthread_cond_t wanted;
    struct job *first, **end; /* all jobs that no thread has taken */
    struct job *outside;      /* the first that has no place in the queue */
    unsigned waiting, queued, queue_limit;
    struct thread *threads;
    unsigned alive, idle, thread_limit;
    int64_t idle_limit;
    bool closing;
    uint64_t done, rejected;
} pool = {.lock = PTHREAD_MUTEX_INITIALIZER};

/* ---- the list ---------------------------------------------------------------------------- */

static void admit(void)
{
    if (pool.outside && pool.queued < pool.queue_limit) {
        pool.outside->queued = true;
        pool.outside = pool.outside->next;
        pool.queued++;
    }
}

static void append(struct job *job)
{
    job->next = NULL;
    job->link = pool.end;
    pool.waiting++;
    *pool.end = job;
    pool.end = &job->next;
    if (!pool.outside)
        pool.outside = job;
    admit();
}

static void detach(struct job *job)
{
    if (pool.outside == job)
        pool.outside = job->next;
    *job->link = job->next;
    if (job->next)
        job->next->link = job->link;
    else
        pool.end = job->link;
    job->link = NULL;
    pool.waiting--;
    if (job->queued)
        pool.queued--;
    admit();
}

/* ---- threads ----------------------------------------------------------------------------- */

static void *serve_jobs(void *arg);

static bool start_thread(void)
{
    unsigned index = 0;
    while (pool.threads[index].state == ALIVE)
        index++;
    struct thread *place = &pool.threads[index];
    if (place->state == ENDED)
        pthread_join(place->thread, NULL);
    bool started = pthread_create(&place->thread, NULL, serve_jobs, place) == 0;
    place->state = started ? ALIVE : NONE;
    pool.alive += started;
    return started;
}

/* Sees to it that a thread comes for the queued jobs; false when there is none and can be none. */
static bool summon(void)
{
    if (pool.queued > pool.idle && pool.alive < pool.thread_limit && start_thread())
        return true;
    pthread_cond_signal(&pool.wanted);
    return pool.alive > 0;
}

static void run_next(void)
{
    struct job *job = pool.first;
    detach(job);
    if (pool.first)
        summon();
    pthread_mutex_unlock(&pool.lock);
    weft__context *own = weft__context_switch(&job->fiber->context);
    job->fn(job->arg);
    weft__context_switch(own);
    weft__unpark(job->fiber); /* the job is gone */
    pthread_mutex_lock(&pool.lock);
    pool.done++;
}

/* False when nothing came for as long as a thread may be idle. */
static bool wait_for_job(void)
{
    int64_t until = weft__clock_real(weft_deadline_after(pool.idle_limit));
    struct timespec at = {.tv_sec = until / WEFT_SECOND, .tv_nsec = until % WEFT_SECOND};
    int error = 0;
    pool.idle++;
    while (!pool.first && !pool.closing && error != ETIMEDOUT)
        error = pthread_cond_timedwait(&pool.wanted, &pool.lock, &at);
    pool.idle--;
    return pool.first != NULL;
}

static void *serve_jobs(void *arg)
{
    struct thread *self = arg;
    char name[16];
    snprintf(name, sizeof name, "weft-block-%u", (unsigned)(self - pool.threads) % 1000);
    pthread_setname_np(pthread_self(), name);
    pthread_mutex_lock(&pool.lock);
    while (pool.first || wait_for_job())
        run_next();
    self->state = ENDED;
    pool.alive--;
    pthread_mutex_unlock(&pool.lock);
    return NULL;
}

/* ---- the fiber's side -------------------------------------------------------------------- */

static void reject(struct job *job)
{
    detach(job);
    pool.rejected++;
}

static bool submit(struct job *job)
{
    pthread_mutex_lock(&pool.lock);
    append(job);
    bool served = summon();
    if (!served)
        reject(job);
    pthread_mutex_unlock(&pool.lock);
    return served;
}

/* Takes the job back; false when a thread has it. */
static bool withdraw(struct job *job)
{
    pthread_mutex_lock(&pool.lock);
    bool ours = job->link != NULL;
    if (ours)
        reject(job);
    pthread_mutex_unlock(&pool.lock);
    return ours;
}

static weft_error await(struct job *job)
{
    weft_error error = weft__park(WEFT_NEVER);
    if (!error)
        return WEFT_OK;
    if (withdraw(job))
        return error == WEFT_TIMED_OUT && !job->queued ? WEFT_BUSY : error;
    weft__park_shielded();
    return WEFT_OK;
}

weft_error weft_blocking_run(void (*fn)(void *arg), void *arg)
{
    weft_fiber *self = weft__fiber_running();
    if (!self) {
        fn(arg);
        return WEFT_OK;
    }
    WEFT__HOLD_WORKER();
    if (weft__fiber_is_cancelled(self))
        return WEFT_CANCELLED;
    if (self->context.deadline <= weft__worker_now())
        return WEFT_TIMED_OUT;
    struct job job = {.fn = fn, .arg = arg, .fiber = self};
    if (!submit(&job))
        return WEFT_NO_MEMORY;
    weft__outside_begin();
    weft_error error = await(&job);
    weft__outside_end();
    return error;
}

/* ---- life -------------------------------------------------------------------------------- */

weft_error weft__blocking_open(const weft_runtime_options *options)
{
    pool.threads = calloc(options->blocking_threads, sizeof *pool.threads);
    if (!pool.threads)
        return WEFT_NO_MEMORY;
    pthread_condattr_t monotonic;
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&pool.wanted, &monotonic);
    pthread_condattr_destroy(&monotonic);
    pool.first = pool.outside = NULL;
    pool.end = &pool.first;
    pool.queue_limit = options->blocking_queue;
    pool.thread_limit = options->blocking_threads;
    pool.idle_limit = options->blocking_idle;
    pool.closing = false;
    pool.done = pool.rejected = 0;
    return WEFT_OK;
}

void weft__blocking_measure(weft_runtime_metrics *metrics)
{
    pthread_mutex_lock(&pool.lock);
    metrics->blocking_waiting = pool.waiting;
    metrics->blocking_threads = pool.alive;
    metrics->blocking_done = pool.done;
    metrics->blocking_rejected = pool.rejected;
    pthread_mutex_unlock(&pool.lock);
}

static void join_thread(struct thread *place)
{
    pthread_mutex_lock(&pool.lock);
    bool started = place->state != NONE;
    pthread_mutex_unlock(&pool.lock);
    if (started)
        pthread_join(place->thread, NULL);
}

void weft__blocking_close(void)
{
    pthread_mutex_lock(&pool.lock);
    pool.closing = true;
    pthread_cond_broadcast(&pool.wanted);
    pthread_mutex_unlock(&pool.lock);
    for (unsigned i = 0; i < pool.thread_limit; i++)
        join_thread(&pool.threads[i]);
    pthread_cond_destroy(&pool.wanted);
    free(pool.threads);
}
