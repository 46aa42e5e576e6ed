/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * db/sqlite/lane.h: a queue of jobs and the threads that do them. A fiber that hands in a job
 * parks, a plain thread blocks, until a thread of the lane answers.
 *
 * Protocol. A job lives on the stack of its submitter. Its links and state are under the lane's
 * lock. While QUEUED the submitter may take it back (deadline, cancellation). Once TAKEN it belongs
 * to a thread of the lane until that answers it; the submitter can only ask to stop, by `stop`, and
 * waits on. A fiber is unparked exactly once for each job that was taken; the state ANSWERED is
 * for plain threads, who look at it under the lock.
 *
 * A lane of one thread may be held, by a transaction: then only the jobs of its holder are done,
 * before all others, which wait in the queue.
 */
#ifndef WEFT_DB_SQLITE_LANE_H
#define WEFT_DB_SQLITE_LANE_H

#include <weft/runtime.h>

#include <pthread.h>
#include <stdatomic.h>

#include "db/engine.h"

#define WEFT_SQLITE_READERS 4          /* threads for slow reads of a database at most */
#define WEFT_SQLITE_STACK   (8u << 20) /* bytes of their stacks; only touched pages cost */

struct weft__sqlite;

typedef struct weft__job {
    struct weft__job *next, *previous; /* in the queue; next also in a list of taken jobs */
    weft__call *call;                  /* the statement to run; NULL: `alone` instead */
    /* What to do outside of any transaction, with the connection for itself. */
    void (*alone)(struct weft__sqlite *connection, void *arg);
    void *arg;
    struct weft__sqlite *on; /* the connection to do it on; NULL: the thread's own */
    const void *holder;      /* whose job it is while the lane is held by that; NULL: nobody's */
    int64_t took;            /* nanoseconds that running the call took; for readers */
    weft_fiber *fiber;       /* who waits; NULL: a plain thread */
    atomic_int stop;         /* the weft_db_result to end with, once the submitter wants no more */
    enum { WEFT__QUEUED, WEFT__TAKEN, WEFT__ANSWERED } state;
} weft__job;

typedef struct weft__lane {
    pthread_mutex_t lock;
    pthread_cond_t work;     /* a job came, or the lane closes */
    pthread_cond_t answered; /* a plain thread's job was answered; monotonic clock */
    weft__job *first, *last; /* the queue, oldest first */
    unsigned queued;         /* its length, at most WEFT_DB_QUEUE */
    unsigned idle;           /* threads that wait for work */
    unsigned threads;        /* started */
    unsigned threads_max;
    const void *holder; /* whose jobs alone are done; NULL: everybody's */
    uint64_t answered_jobs;
    bool closing;
    const char *name;      /* of the threads, for debuggers */
    void *(*main)(void *); /* of the threads; gets `owner` */
    void *owner;
    pthread_t thread[WEFT_SQLITE_READERS];
} weft__lane;

/* An empty lane without threads; they start as jobs come. False when the system refuses. */
bool weft__lane_init(weft__lane *lane, const char *name, unsigned threads_max,
                     void *(*main)(void *), void *owner) WEFT_NODISCARD;

/* Waits until the queue is empty and the threads have ended. */
void weft__lane_finish(weft__lane *lane);

/* Hands in the job and waits until it is answered: WEFT_DB_OK. Otherwise nothing was done, and
 * never will be: WEFT_DB_BUSY (the queue is full; never for a holder), WEFT_DB_TIMED_OUT,
 * WEFT_DB_CANCELLED, WEFT_DB_NO_MEMORY (no thread could be started). */
weft_db_result weft__lane_submit(weft__lane *lane, weft__job *job) WEFT_NODISCARD;

/* Lets the lane be held by `holder`, or, when that is NULL, by nobody any more. By the thread of
 * the lane, or when that does nothing any more. */
void weft__lane_hold(weft__lane *lane, const void *holder);

/* ---- for the threads of the lane ------------------------------------------------------------- */

/* Waits until there is work; false when the lane closes and nothing is left. */
bool weft__lane_wait(weft__lane *lane) WEFT_NODISCARD;

/* Takes the oldest job, or answers NULL: when there is none, or when the oldest does not suit. */
typedef enum weft__lane_which {
    WEFT__LANE_ANY,
    WEFT__LANE_SINGLE, /* one that wants to be done alone, or waits alone */
    WEFT__LANE_CALL,   /* one that runs a statement */
} weft__lane_which;
weft__job *weft__lane_take(weft__lane *lane, weft__lane_which which);

/* Lets the submitters of a list of taken jobs go on; the jobs are gone afterwards. */
void weft__lane_answer(weft__lane *lane, weft__job *jobs);

#endif
