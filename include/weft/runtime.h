/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * weft/runtime.h: fibers. A fiber is a function with a stack of its own that gives way only where
 * it waits; a worker runs many of them on one OS thread, and a started fiber always resumes on its
 * own worker. Every wait has a deadline: what a call takes, or the fiber's own, whichever is
 * sooner.
 *
 * Fairness. Every call that may wait, those that are said to suspend, takes from a budget of
 * WEFT_BUDGET, which is renewed when the fiber has waited or given way; a read or a write of a
 * socket or pipe takes WEFT_BUDGET_CALL. When it is used up the call gives way to the others first,
 * even if it need not wait. Ready fibers run first come, first served, and a worker looks for
 * events, timers and messages after WEFT_TURN of them. So a fiber that is ready runs after at most
 * n * WEFT_BUDGET operations of the n that are ready with it, and events and timers are seen after
 * at most WEFT_TURN * WEFT_BUDGET operations, however busy the others are. What computes without
 * such calls uses weft_yield, or weft_blocking_run.
 *
 * errno and thread-local variables are safe in a fiber, and are other fibers' business too: after a
 * wait they hold what another fiber has left there. When a fiber keeps the thread for too long
 * (stuck_after) the worker goes on with another thread until that fiber gives way. It stays where
 * it is; the worker's other fibers see the other thread's variables meanwhile, or, when the
 * compiler has kept an address from before a wait, still the old ones: read errno before you wait
 * again.
 */
#ifndef WEFT_RUNTIME_H
#define WEFT_RUNTIME_H

#include <limits.h>
#include <weft/base.h>

#define WEFT_STACK_SIZE        (256u << 10) /* bytes of a fiber's stack; only touched pages cost */
#define WEFT_STACK_MIN         (16u << 10)
#define WEFT_STACK_MAX         (1u << 30)
#define WEFT_WORKERS_MAX       1024u
#define WEFT_BUDGET            128                /* operations of a fiber before others' turn */
#define WEFT_BUDGET_CALL       16                 /* of which a read or a write costs so many */
#define WEFT_TURN              64                 /* fibers run before events and timers' turn */
#define WEFT_BLOCKING_THREADS  16                 /* threads of the blocking pool at most */
#define WEFT_BLOCKING_QUEUE    1024               /* jobs waiting for one of them at most */
#define WEFT_BLOCKING_IDLE     (10 * WEFT_SECOND) /* an idle pool thread ends after */
#define WEFT_STUCK_AFTER       (100 * WEFT_MILLISECOND) /* without giving way: a fiber is stuck */
#define WEFT_STUCK_AFTER_MAX   WEFT_HOUR
#define WEFT_SPARE_THREADS     8 /* that carry workers whose own thread is stuck, at most */
#define WEFT_SPARE_THREADS_MAX 64
#define WEFT_SPARE_IDLE        (10 * WEFT_SECOND) /* an idle spare thread ends after */

typedef struct WEFT_OWNED("fiber") weft_fiber weft_fiber;
typedef void weft_fiber_fn(void *arg);

/* For the library itself: who is told that a fiber has ended. */
typedef struct weft__ending {
    void (*tell)(struct weft__ending *ending);
} weft__ending;

/* Whether a worker that has nothing to do takes fibers that have not started from busy ones. */
typedef enum weft_stealing {
    WEFT_STEALING_DEFAULT, /* as WEFT_STEAL says: "on", "off" or "eager"; on without it */
    WEFT_STEALING_ON,      /* when enough waits to be worth waking it */
    WEFT_STEALING_OFF,
    WEFT_STEALING_EAGER, /* whatever waits: for tests */
} weft_stealing;

typedef struct weft_runtime_options {
    unsigned workers;  /* 0: min(cpu affinity, cgroup cpu limit); WEFT_WORKERS overrides 0 */
    size_t stack_size; /* WEFT_STACK_MIN to _MAX, rounded up to pages; 0: WEFT_STACK_SIZE */
    unsigned budget;   /* 0: WEFT_BUDGET */
    unsigned blocking_threads;   /* 0: WEFT_BLOCKING_THREADS */
    unsigned blocking_queue;     /* 0: WEFT_BLOCKING_QUEUE */
    int64_t blocking_idle;       /* 0: WEFT_BLOCKING_IDLE */
    int64_t background_deadline; /* 0: WEFT_BACKGROUND_DEADLINE (weft/scope.h) */
    weft_stealing stealing;
    /* A fiber that has run for so long without giving way is named in the log, once, with its
     * stack, and its worker goes on with a spare thread. From WEFT_MILLISECOND to
     * WEFT_STUCK_AFTER_MAX, or WEFT_NEVER; 0: as WEFT_STUCK_AFTER_MS says (0 there: never), else
     * WEFT_STUCK_AFTER. To see the stack, the thread is sent SIGURG: a sleep of the C library
     * that it is in ends early. */
    int64_t stuck_after;
    unsigned spare_threads; /* at most WEFT_SPARE_THREADS_MAX; 0: as the environment's
                               WEFT_SPARE_THREADS says (0 there: none), else as above */
    int64_t spare_idle;     /* 0: WEFT_SPARE_IDLE */

    /* For tests; with one worker: WEFT_INVALID when more are asked for; WEFT_WORKERS is ignored. */
    bool virtual_time; /* the clock stands still while fibers run, and while they wait for the
                          blocking pool or SQLite; when all wait it jumps to the next timer */
    uint64_t seed;     /* not 0: of the ready fibers each time another one is next, chosen by this
                          number; the same program and number give the same order */
} weft_runtime_options;

/* Starts the workers, runs `main(arg)` as the first fiber, waits until it and every fiber spawned
 * have ended, stops the workers. `options` may be NULL. A blocking call, on a plain thread only;
 * one runtime per process at a time (WEFT_BUSY). WEFT_INVALID when an option or WEFT_WORKERS is out
 * of bounds, WEFT_NO_MEMORY or WEFT_TOO_MANY_FILES when it cannot start; then main has not run. */
weft_error weft_runtime_run(const weft_runtime_options *options, weft_fiber_fn *main, void *arg)
    WEFT_NODISCARD;

unsigned weft_worker_count(void); /* workers of the running runtime, or 0 */
unsigned weft_worker_index(void); /* of the worker that we are on; UINT_MAX on other threads */

#define WEFT_ANYWHERE \
    UINT32_MAX /* a worker: this one, or one that is idle before the fiber starts */

/* A new fiber on this worker (or on worker `on % weft_worker_count()`, or on any, for work that is
 * worth it and uses nothing that belongs to a worker), started later. `name` is static, for people.
 * The caller owns it and must join it; it inherits the caller's deadline. Never
 * suspends. WEFT_NO_MEMORY; WEFT_INVALID on plain threads. */
weft_error weft_fiber_spawn(weft_fiber **fiber, const char *name, weft_fiber_fn *fn, void *arg)
    WEFT_TRY_OPENS(*fiber) WEFT_NODISCARD WEFT_NONNULL(1, 2, 3);
weft_error weft_fiber_spawn_on(weft_fiber **fiber, unsigned on, const char *name, weft_fiber_fn *fn,
                               void *arg) WEFT_TRY_OPENS(*fiber)
    WEFT_NODISCARD WEFT_NONNULL(1, 3, 4);

/* Waits until the fiber has ended and frees it; `fiber` is gone afterwards. Suspends. Joins always
 * finish: they are not cut short by the caller's deadline or cancellation. */
void weft_fiber_join(weft_fiber *fiber) WEFT_CLOSES(fiber) WEFT_NONNULL(1);

/* Asks the fiber to stop: its present wait, or its next one, returns WEFT_CANCELLED, and so does
 * each later one. From any fiber of any worker; must return before a join of the fiber does. Never
 * suspends; does not free. */
void weft_fiber_cancel(weft_fiber *fiber) WEFT_USES(fiber) WEFT_NONNULL(1);

weft_fiber *weft_fiber_current(void); /* NULL outside fibers */
const char *weft_fiber_name(const weft_fiber *fiber);

/* Gives the running fiber another name, static, for people: what it does now. No-op outside fibers.
 */
void weft_fiber_rename(const char *name) WEFT_NONNULL(1);

/* Narrows (never widens) the running fiber's deadline to `deadline` and returns the old one, to be
 * put back with weft_deadline_restore. Absolute, monotonic. Outside fibers: the thread's. */
int64_t weft_deadline_narrow(int64_t deadline);
void weft_deadline_restore(int64_t deadline);
int64_t weft_deadline_current(void);

/* A shielded section, for clean-up: until its end the running fiber's waits ignore its cancellation
 * and its own deadline, and take only the deadlines that they are given. What was asked for
 * meanwhile shows after it. Sections may lie within each other and end in reverse order. */
typedef struct weft_shield {
    int64_t deadline; /* the fiber's own, put back at the end */
    bool shielded;    /* it lies within another */
} weft_shield;
weft_shield weft_shield_begin(void) WEFT_NODISCARD;
void weft_shield_end(weft_shield shield);

/* Lets the other runnable fibers of this worker go first. Suspends. */
void weft_yield(void);

/* Suspends for `duration` nanoseconds (zero or less: like weft_yield), or until a deadline.
 * WEFT_OK, or WEFT_TIMED_OUT when the fiber's own deadline came first, or WEFT_CANCELLED; the next
 * wait says so again, so it need not be looked at. On a plain thread it blocks the thread. */
weft_error weft_sleep(int64_t duration);
weft_error weft_sleep_until(int64_t deadline);

/* Beats: what is done again and again, the first time at once. Those that nobody waited for in time
 * are missed; `missed` says what becomes of them.
 *
 *     weft_interval beats = weft_interval_every(WEFT_MINUTE, WEFT_MISSED_SKIP);
 *     for (;;) {
 *         WEFT_TRY(weft_interval_wait(&beats));
 *         ...
 *     }
 */
typedef enum weft_missed {
    WEFT_MISSED_CATCH_UP, /* all come, one right after the other */
    WEFT_MISSED_DELAY,    /* one comes, and those after it are as much later */
    WEFT_MISSED_SKIP,     /* one comes, and those after it when they would have come anyway */
} weft_missed;

typedef struct weft_interval {
    int64_t period;
    int64_t next; /* when it is due: for a weft_case_deadline, too */
    weft_missed missed;
} weft_interval;

weft_interval weft_interval_every(int64_t period, weft_missed missed);

/* Waits for the next beat. As weft_sleep_until: after a failure the beat is still to come; and
 * WEFT_INVALID when the period is not more than 0. Suspends. */
weft_error weft_interval_wait(weft_interval *interval) WEFT_NODISCARD WEFT_NONNULL(1);

/* The most bytes of stack that any fiber of this runtime, or of the last one, had used when it
 * ended. Measured when the environment has WEFT_STACK_WATERMARK=1, which costs about a microsecond
 * per 16 KiB of stack and fiber; otherwise 0. A fiber that used more than 3/4 is logged (debug). */
size_t weft_stack_high_water(void);

/* Runs fn(arg) on a thread of the blocking pool and suspends the fiber until it has ended; then
 * WEFT_OK. The door for every call that blocks. WEFT_BUSY when the queue stays full until the
 * fiber's deadline, WEFT_CANCELLED or WEFT_TIMED_OUT when that happened before the job was started:
 * then fn did not and will not run, nor when no thread could be started (WEFT_NO_MEMORY). A started
 * job is always waited for. fn runs with the fiber's arena and deadline as its own, but is no
 * fiber. On a plain thread it is simply called. */
weft_error weft_blocking_run(void (*fn)(void *arg), void *arg) WEFT_NODISCARD WEFT_NONNULL(1);

#endif
