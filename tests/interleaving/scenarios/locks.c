/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * scenarios/locks.c: read-write lock, once and barrier between plain threads.
 */
#include "fibers.h"
#include <weft/sync.h>

/* ---- read-write lock ----------------------------------------------------------------------------- */

static weft_rwlock rwlock;
static unsigned readers, writers, passed;

static void *read_once(void *unused)
{
    CHECK(weft_rwlock_lock_read(&rwlock, WEFT_NEVER) == WEFT_OK);
    readers++;
    CHECK(writers == 0);
    readers--;
    passed++;
    weft_rwlock_unlock(&rwlock);
    return unused;
}

static void *write_until(void *deadline)
{
    if (weft_rwlock_lock_write(&rwlock, *(int64_t *)deadline) != WEFT_OK)
        return NULL;
    CHECK(writers++ == 0 && readers == 0);
    writers--;
    passed++;
    weft_rwlock_unlock(&rwlock);
    return &rwlock;
}

SCENARIO(rwlock_excludes, 4, "a writer and two readers: all get the lock, the writer alone")
{
    int64_t never = WEFT_NEVER;
    explore_begin();
    pthread_t a = start(read_once, NULL), b = start(write_until, &never);
    read_once(NULL);
    pthread_join(a, NULL);
    pthread_join(b, NULL);
    CHECK(passed == 3 && !rwlock.readers && !rwlock.written && !rwlock.waits.first);
}

SCENARIO(rwlock_deadline, 4, "a waiting writer gives up: the reader behind it comes in at once")
{
    int64_t soon = weft_deadline_after(WEFT_SECOND);
    CHECK(weft_rwlock_lock_read(&rwlock, WEFT_NEVER) == WEFT_OK);
    explore_begin();
    pthread_t writer = start(write_until, &soon), reader = start(read_once, NULL);
    void *written;
    explore_pass(2 * WEFT_SECOND);
    pthread_join(writer, &written);
    pthread_join(reader, NULL); /* while the lock is held for reading */
    weft_rwlock_unlock(&rwlock);
    CHECK(!written && passed == 1 && !rwlock.readers && !rwlock.waits.first);
}

/* ---- once ---------------------------------------------------------------------------------------- */

static weft_once once;
static unsigned running, tries;
static bool succeeded;

static weft_error fail_at_first(void *unused)
{
    (void)unused;
    CHECK(running++ == 0 && !succeeded);
    weft_error error = ++tries == 1 ? WEFT_IO : WEFT_OK;
    explore_pass(0); /* others may come meanwhile */
    succeeded = !error;
    running--;
    return error;
}

static void *run_once(void *deadline)
{
    weft_error error = weft_once_run(&once, fail_at_first, NULL, *(int64_t *)deadline);
    CHECK(error || succeeded);
    return error == WEFT_TIMED_OUT ? deadline : NULL;
}

SCENARIO(once_passes_on, 3, "the first of three fails: one of the others tries, nobody runs twice")
{
    int64_t never = WEFT_NEVER;
    explore_begin();
    pthread_t a = start(run_once, &never), b = start(run_once, &never);
    run_once(&never);
    pthread_join(a, NULL);
    pthread_join(b, NULL);
    CHECK(tries == 2 && succeeded && !once.waits.first);
}

SCENARIO(once_deadline, 3, "a deadline passes while the turn is passed on: it is not lost")
{
    int64_t never = WEFT_NEVER, soon = weft_deadline_after(WEFT_SECOND);
    void *late;
    explore_begin();
    pthread_t a = start(run_once, &soon), b = start(run_once, &never);
    explore_pass(2 * WEFT_SECOND);
    pthread_join(a, &late);
    pthread_join(b, NULL);
    CHECK(tries == (succeeded ? 2u : 1u) && (succeeded || late) && !once.waits.first);
    run_once(&never);
    CHECK(succeeded && tries == 2);
}

/* ---- barrier ------------------------------------------------------------------------------------- */

static weft_barrier barrier;
static unsigned arrived[2], lasts[2];

static void pass_round(unsigned round)
{
    bool last;
    arrived[round]++;
    CHECK(weft_barrier_wait(&barrier, WEFT_NEVER, &last) == WEFT_OK);
    CHECK(arrived[round] == 2);
    lasts[round] += last;
}

static void *pass_two_rounds(void *unused)
{
    pass_round(0);
    pass_round(1);
    return unused;
}

SCENARIO(barrier_rounds, 5, "two parties pass two rounds; nobody early, one last in each")
{
    weft_barrier_init(&barrier, 2);
    explore_begin();
    pthread_t other = start(pass_two_rounds, NULL);
    pass_two_rounds(NULL);
    pthread_join(other, NULL);
    CHECK(lasts[0] == 1 && lasts[1] == 1 && barrier.arrived == 0 && !barrier.waits.first);
}

static void *arrive_until(void *deadline)
{
    return weft_barrier_wait(&barrier, *(int64_t *)deadline, NULL) == WEFT_OK ? deadline : NULL;
}

SCENARIO(barrier_deadline, 4,
         "a deadline passes while the barrier opens: who gives up is not counted")
{
    int64_t never = WEFT_NEVER, soon = weft_deadline_after(WEFT_SECOND);
    void *first, *second;
    weft_barrier_init(&barrier, 2);
    explore_begin();
    pthread_t a = start(arrive_until, &soon), b = start(arrive_until, &never);
    explore_pass(2 * WEFT_SECOND);
    pthread_join(a, &first);
    if (!first)
        arrive_until(&never); /* in its place */
    pthread_join(b, &second);
    CHECK(second && barrier.arrived == 0 && !barrier.waits.first);
}
