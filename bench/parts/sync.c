/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * bench/parts/sync: nanoseconds per operation of what fibers meet with, and the ratio to what it
 * is compared with: the C library's lock, the switch between two fibers. The cases take turns
 * within one run, so that a busy machine slows them alike; the least of the rounds counts.
 * usage: sync [operations per round, default 200000]
 */
#include <pthread.h>
#include <semaphore.h>
#include <stdio.h>
#include <stdlib.h>
#include <weft/weft.h>

enum { ROUNDS = 15 };

static long operations = 200000;

static void check(bool good, const char *what)
{
    if (good)
        return;
    fprintf(stderr, "%s failed\n", what);
    exit(1);
}

/* ---- alone -------------------------------------------------------------------------------- */

static void lock_pthread(void)
{
    static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
    for (long i = 0; i < operations; i++) {
        pthread_mutex_lock(&mutex);
        pthread_mutex_unlock(&mutex);
    }
}

static void lock_mutex(void)
{
    static weft_mutex mutex;
    for (long i = 0; i < operations; i++) {
        check(weft_mutex_lock(&mutex, WEFT_NEVER) == WEFT_OK, "lock");
        weft_mutex_unlock(&mutex);
    }
}

static void lock_pthread_read(void)
{
    static pthread_rwlock_t lock = PTHREAD_RWLOCK_INITIALIZER;
    for (long i = 0; i < operations; i++) {
        pthread_rwlock_rdlock(&lock);
        pthread_rwlock_unlock(&lock);
    }
}

static void lock_read(void)
{
    static weft_rwlock lock;
    for (long i = 0; i < operations; i++) {
        check(weft_rwlock_lock_read(&lock, WEFT_NEVER) == WEFT_OK, "lock");
        weft_rwlock_unlock(&lock);
    }
}

static void take_posix(void)
{
    static sem_t semaphore;
    sem_init(&semaphore, 0, 1);
    for (long i = 0; i < operations; i++) {
        sem_wait(&semaphore);
        sem_post(&semaphore);
    }
}

static void take_permit(void)
{
    weft_semaphore semaphore;
    weft_semaphore_init(&semaphore, 1, 1);
    for (long i = 0; i < operations; i++) {
        check(weft_semaphore_acquire(&semaphore, 1, WEFT_NEVER) == WEFT_OK, "acquire");
        check(weft_semaphore_release(&semaphore, 1) == WEFT_OK, "release");
    }
}

/* ---- between two fibers of one worker ------------------------------------------------------ */

static struct {
    weft_channel *there, *back;
    weft_notify ping, pong;
} between;

/* Runs `other` in a second fiber beside `own`. */
static void run_both(void (*own)(void), weft_fiber_fn *other)
{
    weft_fiber *fiber;
    check(weft_fiber_spawn(&fiber, "other", other, NULL) == WEFT_OK, "spawn");
    own();
    weft_fiber_join(fiber);
}

static void yield_own(void)
{
    for (long i = 0; i < operations / 2; i++)
        weft_yield();
}

static void yield_other(void *arg)
{
    (void)arg;
    yield_own();
}

static void switch_fibers(void)
{
    run_both(yield_own, yield_other);
}

static void notify_own(void)
{
    for (long i = 0; i < operations / 2; i++) {
        weft_notify_one(&between.ping);
        check(weft_notify_wait(&between.pong, WEFT_NEVER) == WEFT_OK, "wait");
    }
}

static void notify_other(void *arg)
{
    (void)arg;
    for (long i = 0; i < operations / 2; i++) {
        check(weft_notify_wait(&between.ping, WEFT_NEVER) == WEFT_OK, "wait");
        weft_notify_one(&between.pong);
    }
}

static void hop_notify(void)
{
    run_both(notify_own, notify_other);
}

static void channel_own(void)
{
    long item = 1;
    for (long i = 0; i < operations / 2; i++) {
        check(weft_channel_send(between.there, &item, WEFT_NEVER) == WEFT_OK, "send");
        check(weft_channel_receive(between.back, &item, WEFT_NEVER) == WEFT_OK, "receive");
    }
}

static void channel_other(void *arg)
{
    (void)arg;
    long item;
    for (long i = 0; i < operations / 2; i++) {
        check(weft_channel_receive(between.there, &item, WEFT_NEVER) == WEFT_OK, "receive");
        check(weft_channel_send(between.back, &item, WEFT_NEVER) == WEFT_OK, "send");
    }
}

static void hop_channel(void)
{
    run_both(channel_own, channel_other);
}

static void select_other(void *arg)
{
    (void)arg;
    long item;
    for (long i = 0; i < operations / 2; i++) {
        weft_notify stop = WEFT_NOTIFY_INIT;
        weft_case cases[] = {weft_case_receive(between.there, &item), weft_case_notified(&stop)};
        size_t index;
        check(weft_select(cases, 2, WEFT_NEVER, &index) == WEFT_OK && index == 0, "select");
        check(weft_channel_send(between.back, &item, WEFT_NEVER) == WEFT_OK, "send");
    }
}

static void hop_select(void)
{
    run_both(channel_own, select_other);
}

/* One after another through a queue: a switch for 64 items. */
static void queue_own(void)
{
    for (long i = 0; i < operations; i++)
        check(weft_channel_send(between.there, &i, WEFT_NEVER) == WEFT_OK, "send");
}

static void queue_other(void *arg)
{
    (void)arg;
    long item;
    for (long i = 0; i < operations; i++)
        check(weft_channel_receive(between.there, &item, WEFT_NEVER) == WEFT_OK, "receive");
}

static void queue_items(void)
{
    run_both(queue_own, queue_other);
}

/* ---- all ------------------------------------------------------------------------------------ */

static struct measured {
    const char *name;
    void (*run)(void);
    int against; /* the place of what it is compared with */
    double least;
} all[] = {
    {"pthread mutex", lock_pthread, 0, 0},
    {"mutex lock + unlock", lock_mutex, 0, 0},
    {"pthread rwlock, reading", lock_pthread_read, 2, 0},
    {"rwlock, reading", lock_read, 2, 0},
    {"POSIX semaphore", take_posix, 4, 0},
    {"semaphore acquire + release", take_permit, 4, 0},
    {"switch to another fiber", switch_fibers, 6, 0},
    {"hop: notify", hop_notify, 6, 0},
    {"hop: channel", hop_channel, 6, 0},
    {"hop: channel, every other by select", hop_select, 6, 0},
    {"item through a queue of 64", queue_items, 6, 0},
};

enum { COUNT = sizeof all / sizeof *all };

static void measure(void *arg)
{
    (void)arg;
    for (int round = 0; round < ROUNDS; round++) {
        for (int i = 0; i < COUNT; i++) {
            int64_t start = weft_clock_now();
            all[i].run();
            double each = (double)(weft_clock_now() - start) / (double)operations;
            if (round == 0 || each < all[i].least)
                all[i].least = each;
        }
    }
}

int main(int argc, char **argv)
{
    if (argc > 1)
        operations = atol(argv[1]);
    if (operations < 2) {
        fprintf(stderr, "usage: sync [operations per round, at least 2]\n");
        return 2;
    }
    between.there = weft_channel_create(sizeof(long), 64);
    between.back = weft_channel_create(sizeof(long), 1);
    check(between.there && between.back, "creating channels");
    /* The second worker sleeps; it is there so that the C library does not elide its atomics. */
    weft_runtime_options options = {.workers = 2};
    check(weft_runtime_run(&options, measure, NULL) == WEFT_OK, "the runtime");
    for (int i = 0; i < COUNT; i++)
        printf("%-36s %7.1f ns %7.2fx\n", all[i].name, all[i].least,
               all[i].least / all[all[i].against].least);
    weft_channel_destroy(between.there);
    weft_channel_destroy(between.back);
    return 0;
}
