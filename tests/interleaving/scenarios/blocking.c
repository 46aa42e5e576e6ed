/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * scenarios/blocking.c: the blocking pool: one thread, a queue of one place.
 */
#include "fibers.h"

static unsigned done;
static bool busy;

static void job(void *unused)
{
    (void)unused;
    CHECK(!busy);
    busy = true;
    done++;
    busy = false;
}

static void run_job(void *error)
{
    *(weft_error *)error = weft_blocking_run(job, NULL);
}

static void run_three_jobs(void *unused)
{
    (void)unused;
    weft_error errors[3];
    weft_fiber *a, *b;
    explore_begin();
    CHECK(weft_fiber_spawn_on(&a, 1, "a", run_job, &errors[1]) == WEFT_OK);
    CHECK(weft_fiber_spawn_on(&b, 0, "b", run_job, &errors[2]) == WEFT_OK);
    run_job(&errors[0]);
    weft_fiber_join(a);
    weft_fiber_join(b);
    CHECK(!errors[0] && !errors[1] && !errors[2] && done == 3);
}

SCENARIO(blocking_three_jobs, 2, "fibers of two workers share one pool thread; the pool closes")
{
    run_fibers(2, run_three_jobs);
}

static void cancel_a_job(void *unused)
{
    (void)unused;
    weft_error error;
    weft_fiber *fiber;
    explore_begin();
    CHECK(weft_fiber_spawn_on(&fiber, 1, "a", run_job, &error) == WEFT_OK);
    weft_fiber_cancel(fiber);
    weft_fiber_join(fiber);
    CHECK(error ? error == WEFT_CANCELLED && done == 0 : done == 1);
}

SCENARIO(blocking_cancel, 2, "a job is taken back while a thread takes it")
{
    run_fibers(2, cancel_a_job);
}

static void outlast_a_thread(void *unused)
{
    (void)unused;
    weft_error first, second;
    run_job(&first);
    explore_begin();
    explore_pass(2 * WEFT_SECOND);
    run_job(&second);
    CHECK(!first && !second && done == 2);
}

SCENARIO(blocking_idle, 4, "a job comes while the last idle thread ends")
{
    run_fibers(1, outlast_a_thread);
}
