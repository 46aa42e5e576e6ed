/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * crowd.h: for tests of what fibers and threads do to each other: fibers in a row on one worker,
 * and a crowd of fibers on several workers and plain threads.
 */
#ifndef WEFT_TESTS_CROWD_H
#define WEFT_TESTS_CROWD_H

#include "../runtime/fibers.h"
#include <pthread.h>
#include <weft/select.h>

enum { CROWD_MAX = 32 };

static inline int64_t in_ms(int64_t ms)
{
    return weft_deadline_after(ms * WEFT_MILLISECOND);
}

static inline int64_t in_us(int64_t us)
{
    return weft_deadline_after(us * WEFT_MICROSECOND);
}

static inline weft_fiber *start(weft_fiber_fn *fn, void *arg)
{
    weft_fiber *fiber;
    CHECK(weft_fiber_spawn(&fiber, "test", fn, arg) == WEFT_OK);
    return fiber;
}

/* ---- a crowd ------------------------------------------------------------------------------ */

struct crowd {
    unsigned workers, fibers, threads;
    void (*work)(void *arg, unsigned number); /* numbers from 0; the threads have the last ones */
    void *arg;
};

struct crowd__member {
    const struct crowd *crowd;
    unsigned number;
};

static inline void crowd__fiber(void *arg)
{
    struct crowd__member *member = arg;
    member->crowd->work(member->crowd->arg, member->number);
}

static inline void *crowd__thread(void *arg)
{
    crowd__fiber(arg);
    return NULL;
}

static inline void crowd__spawn(void *arg)
{
    const struct crowd *crowd = arg;
    struct crowd__member members[CROWD_MAX];
    weft_fiber *fibers[CROWD_MAX];
    for (unsigned i = 0; i < crowd->fibers; i++) {
        members[i] = (struct crowd__member){crowd, i};
        CHECK(weft_fiber_spawn_on(&fibers[i], i, "crowd", crowd__fiber, &members[i]) == WEFT_OK);
    }
    for (unsigned i = 0; i < crowd->fibers; i++)
        weft_fiber_join(fibers[i]);
}

static inline void crowd_run(struct crowd crowd)
{
    struct crowd__member members[CROWD_MAX];
    pthread_t threads[CROWD_MAX];
    for (unsigned i = 0; i < crowd.threads; i++) {
        members[i] = (struct crowd__member){&crowd, crowd.fibers + i};
        assert_int_equal(pthread_create(&threads[i], NULL, crowd__thread, &members[i]), 0);
    }
    run_with(crowd.workers, crowd__spawn, &crowd);
    for (unsigned i = 0; i < crowd.threads; i++)
        pthread_join(threads[i], NULL);
}

#endif
