/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * scenarios/lend.c: an idle worker borrows one whose fiber computes, at any moment: what belongs to
 * it is used by one thread at a time, and what arrives meanwhile is done, once.
 */
#include "fibers.h"
#include <runtime/hold.h>
#include <runtime/park.h>
#include <runtime/reactor.h>
#include <runtime/runtime.h>
#include <stdatomic.h>
#include <sys/eventfd.h>
#include <unistd.h>

static void run_lending(weft_fiber_fn *fn)
{
    weft_runtime_options options = {.workers = 2,
                                    .stack_size = 64 << 10,
                                    .blocking_threads = 1,
                                    .blocking_queue = 1,
                                    .stuck_after = WEFT_NEVER,
                                    .stealing = WEFT_STEALING_EAGER};
    CHECK(weft_runtime_run(&options, fn, NULL) == WEFT_OK);
}

/* ---- worker 0, and what belongs to it ------------------------------------------------------------ */

static unsigned inside;
static _Atomic unsigned looked_at;

/* Nobody else uses it meanwhile, nor puts anything into its queue. */
static void use(void)
{
    uint64_t put = weft__runtime_worker(0)->ready.put;
    CHECK(weft_worker_index() == 0);
    CHECK(inside++ == 0);
    atomic_fetch_add(&looked_at, 1);
    CHECK(--inside == 0);
    CHECK(weft__runtime_worker(0)->ready.put == put);
}

static void hold_and_use(void)
{
    WEFT__HOLD_WORKER();
    use();
}

/* ---- what arrives -------------------------------------------------------------------------------- */

enum { ARRIVALS = 2 };

static weft_fiber *waiting;
static _Atomic unsigned answered;

static void answer(void *unused)
{
    (void)unused;
    if (atomic_fetch_add(&answered, 1) + 1 == ARRIVALS)
        weft__unpark(waiting);
}

static void on_event(weft__source *source)
{
    (void)source;
    use();
    CHECK(weft__fiber_start_anywhere("answer", answer, NULL) == WEFT_OK);
}

static void on_message(weft__task *task)
{
    (void)task;
    use();
    CHECK(weft__fiber_start_anywhere("answer", answer, NULL) == WEFT_OK);
}

static void do_nothing(weft__task *task)
{
    (void)task;
}

/* Worker 1 wakes up, finds nothing to do, and looks after worker 0. */
static weft__task nudge = {.fn = do_nothing};
static weft__task message = {.fn = on_message};

static void *send_both(void *event)
{
    const uint64_t one = 1;
    weft__worker_post(1, &nudge);
    weft__worker_post(0, &message);
    CHECK(write(*(int *)event, &one, sizeof one) == sizeof one);
    return event;
}

static void compute(void *unused)
{
    (void)unused;
    weft__source source = {.fd = eventfd(0, 0), .on_ready = on_event};
    CHECK(weft__source_open(&source) == WEFT_OK);
    waiting = weft_fiber_current();
    explore_begin();
    pthread_t client = start(send_both, &source.fd);
    hold_and_use();
    hold_and_use();
    CHECK(weft__park(WEFT_NEVER) == WEFT_OK);
    CHECK(answered == ARRIVALS && looked_at == 2 + ARRIVALS);
    pthread_join(client, NULL);
    explore_end();
    weft__source_close(&source);
}

SCENARIO(lend_answers, 2, "what arrives at a worker is read by it, or by one that borrows it")
{
    run_lending(compute);
}

/* ---- a lender that wakes others ------------------------------------------------------------------ */

static weft_fiber *sleeper;

static void sleep_once(void *unused)
{
    (void)unused;
    CHECK(weft__park(WEFT_NEVER) == WEFT_OK);
    hold_and_use();
}

static void *send_message(void *unused)
{
    weft__worker_post(1, &nudge);
    weft__worker_post(0, &message);
    return unused;
}

/* Waking and starting never wait for the worker to be returned. */
static void wake(void *unused)
{
    (void)unused;
    weft_fiber *other;
    CHECK(weft_fiber_spawn(&sleeper, "sleeper", sleep_once, NULL) == WEFT_OK);
    weft_yield();
    atomic_store(&answered, ARRIVALS); /* nobody waits for the answer */
    explore_begin();
    pthread_t client = start(send_message, NULL);
    weft__unpark(sleeper);
    CHECK(weft_fiber_spawn(&other, "other", sleep_once, NULL) == WEFT_OK);
    weft__unpark(other);
    weft_fiber_join(sleeper);
    weft_fiber_join(other);
    pthread_join(client, NULL);
    explore_end();
}

SCENARIO(lend_wakes, 2, "a fiber whose worker is lent wakes and starts others")
{
    run_lending(wake);
}
