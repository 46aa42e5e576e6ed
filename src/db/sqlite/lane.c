/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * db/sqlite/lane.c: see lane.h for who owns a job when.
 */
#include "db/sqlite/lane.h"

#include <signal.h>
#include <time.h>

#include "runtime/park.h"

bool weft__lane_init(weft__lane *lane, const char *name, unsigned threads_max,
                     void *(*main)(void *), void *owner)
{
    *lane = (weft__lane){.name = name, .threads_max = threads_max, .main = main, .owner = owner};
    pthread_condattr_t monotonic;
    if (pthread_condattr_init(&monotonic) != 0)
        return false;
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    bool ok = pthread_mutex_init(&lane->lock, NULL) == 0 &&
              pthread_cond_init(&lane->work, NULL) == 0 &&
              pthread_cond_init(&lane->answered, &monotonic) == 0;
    pthread_condattr_destroy(&monotonic);
    return ok;
}

void weft__lane_finish(weft__lane *lane)
{
    pthread_mutex_lock(&lane->lock);
    lane->closing = true;
    pthread_cond_broadcast(&lane->work);
    pthread_mutex_unlock(&lane->lock);
    for (unsigned i = 0; i < lane->threads; i++)
        pthread_join(lane->thread[i], NULL);
    pthread_mutex_destroy(&lane->lock);
    pthread_cond_destroy(&lane->work);
    pthread_cond_destroy(&lane->answered);
}

/* ---- the queue, under the lock --------------------------------------------------------------- */

static void append(weft__lane *lane, weft__job *job)
{
    job->next = NULL;
    job->previous = lane->last;
    *(lane->last ? &lane->last->next : &lane->first) = job;
    lane->last = job;
}

static void prepend(weft__lane *lane, weft__job *job)
{
    job->previous = NULL;
    job->next = lane->first;
    *(lane->first ? &lane->first->previous : &lane->last) = job;
    lane->first = job;
}

/* Whether the lane's threads may do something. */
static bool has_work(const weft__lane *lane)
{
    return lane->first != NULL && (lane->holder == NULL || lane->first->holder == lane->holder);
}

static void unlink_job(weft__lane *lane, weft__job *job)
{
    *(job->previous ? &job->previous->next : &lane->first) = job->next;
    *(job->next ? &job->next->previous : &lane->last) = job->previous;
    job->next = job->previous = NULL;
    job->state = WEFT__TAKEN;
    lane->queued--;
}

/* ---- submitting ------------------------------------------------------------------------------ */

/* Starts one more thread, with every signal left to the threads that know what to do with it. */
static void start_thread(weft__lane *lane)
{
    pthread_attr_t attributes;
    if (pthread_attr_init(&attributes) != 0)
        return;
    pthread_attr_setstacksize(&attributes, WEFT_SQLITE_STACK);
    sigset_t all, old;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &old);
    pthread_t *thread = &lane->thread[lane->threads];
    if (pthread_create(thread, &attributes, lane->main, lane->owner) == 0) {
        pthread_setname_np(*thread, lane->name);
        lane->threads++;
    }
    pthread_sigmask(SIG_SETMASK, &old, NULL);
    pthread_attr_destroy(&attributes);
}

/* Puts the job into the queue and sees to it that somebody will do it. Under the lock. */
static weft_db_result enqueue(weft__lane *lane, weft__job *job)
{
    if (lane->queued >= WEFT_DB_QUEUE && job->holder == NULL)
        return WEFT_DB_BUSY;
    if (lane->idle <= lane->queued && lane->threads < lane->threads_max)
        start_thread(lane);
    if (lane->threads == 0)
        return WEFT_DB_NO_MEMORY;
    job->state = WEFT__QUEUED;
    lane->queued++;
    if (job->holder != NULL)
        prepend(lane, job);
    else
        append(lane, job);
    if (lane->idle != 0 && has_work(lane))
        pthread_cond_signal(&lane->work);
    return WEFT_DB_OK;
}

/* The submitter wants no more: true when the job was still its own. Under the lock. */
static bool take_back(weft__lane *lane, weft__job *job, weft_db_result reason)
{
    if (job->state == WEFT__QUEUED) {
        unlink_job(lane, job);
        return true;
    }
    atomic_store_explicit(&job->stop, (int)reason, memory_order_relaxed);
    return false;
}

static weft_db_result wait_in_fiber(weft__lane *lane, weft__job *job)
{
    weft_error woken = weft__park(WEFT_NEVER);
    if (woken == WEFT_OK)
        return WEFT_DB_OK;
    weft_db_result reason = woken == WEFT_TIMED_OUT ? WEFT_DB_TIMED_OUT : WEFT_DB_CANCELLED;
    pthread_mutex_lock(&lane->lock);
    bool mine = take_back(lane, job, reason);
    pthread_mutex_unlock(&lane->lock);
    if (mine)
        return reason;
    weft__park_shielded();
    return WEFT_DB_OK;
}

/* Under the lock, which waiting lets go of. */
static weft_db_result wait_in_thread(weft__lane *lane, weft__job *job)
{
    int64_t deadline = weft_deadline_current();
    const struct timespec at = {.tv_sec = deadline / WEFT_SECOND,
                                .tv_nsec = deadline % WEFT_SECOND};
    while (job->state != WEFT__ANSWERED) {
        if (deadline == WEFT_NEVER) {
            pthread_cond_wait(&lane->answered, &lane->lock);
        } else if (pthread_cond_timedwait(&lane->answered, &lane->lock, &at) != 0) {
            if (job->state != WEFT__ANSWERED && take_back(lane, job, WEFT_DB_TIMED_OUT))
                return WEFT_DB_TIMED_OUT;
            deadline = WEFT_NEVER;
        }
    }
    return WEFT_DB_OK;
}

weft_db_result weft__lane_submit(weft__lane *lane, weft__job *job)
{
    job->fiber = weft_fiber_current();
    pthread_mutex_lock(&lane->lock);
    weft_db_result result = enqueue(lane, job);
    if (result == WEFT_DB_OK && job->fiber == NULL)
        result = wait_in_thread(lane, job);
    pthread_mutex_unlock(&lane->lock);
    if (result == WEFT_DB_OK && job->fiber != NULL) {
        weft__outside_begin();
        result = wait_in_fiber(lane, job);
        weft__outside_end();
    }
    return result;
}

/* ---- the threads of the lane ----------------------------------------------------------------- */

bool weft__lane_wait(weft__lane *lane)
{
    pthread_mutex_lock(&lane->lock);
    lane->idle++;
    while (!has_work(lane) && !lane->closing)
        pthread_cond_wait(&lane->work, &lane->lock);
    lane->idle--;
    bool work = has_work(lane);
    pthread_mutex_unlock(&lane->lock);
    return work;
}

static bool suits(const weft__lane *lane, const weft__job *job, weft__lane_which which)
{
    if (lane->holder != NULL)
        return job->holder == lane->holder;
    switch (which) {
    case WEFT__LANE_ANY: return true;
    case WEFT__LANE_SINGLE: return job->call == NULL || lane->queued == 1;
    case WEFT__LANE_CALL: return job->call != NULL;
    }
    return false;
}

weft__job *weft__lane_take(weft__lane *lane, weft__lane_which which)
{
    pthread_mutex_lock(&lane->lock);
    weft__job *job = lane->first;
    if (job != NULL && !suits(lane, job, which))
        job = NULL;
    if (job != NULL)
        unlink_job(lane, job);
    pthread_mutex_unlock(&lane->lock);
    return job;
}

/* Marks the jobs and returns those of fibers, in their order; the others may be gone then. */
static weft__job *mark_answered(weft__lane *lane, weft__job *jobs)
{
    weft__job *fibers = NULL, **end = &fibers;
    bool threads = false;
    for (weft__job *job = jobs, *next; job != NULL; job = next) {
        next = job->next;
        job->state = WEFT__ANSWERED;
        lane->answered_jobs++;
        if (job->fiber == NULL) {
            threads = true;
            continue;
        }
        *end = job;
        end = &job->next;
    }
    *end = NULL;
    if (threads)
        pthread_cond_broadcast(&lane->answered);
    return fibers;
}

void weft__lane_hold(weft__lane *lane, const void *holder)
{
    pthread_mutex_lock(&lane->lock);
    lane->holder = holder;
    pthread_mutex_unlock(&lane->lock);
}

void weft__lane_answer(weft__lane *lane, weft__job *jobs)
{
    pthread_mutex_lock(&lane->lock);
    weft__job *fibers = mark_answered(lane, jobs);
    pthread_mutex_unlock(&lane->lock);
    for (weft__job *job = fibers, *next; job != NULL; job = next) {
        next = job->next; /* the fiber may run, and its stack go, as soon as it is unparked */
        weft__unpark(job->fiber);
    }
}
