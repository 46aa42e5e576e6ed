/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * test_blocking.c: the blocking pool: its bounds, its back-pressure, giving up before the start.
 */
#include "fibers.h"
#include <dirent.h>
#include <pthread.h>
#include <runtime/park.h>
#include <stdatomic.h>
#include <sys/wait.h>
#include <unistd.h>
#include <weft/arena.h>

#define WEFT_MAY_BLOCK /* the tests do */
#include <weft/blocking.h>

static void run_pool(unsigned threads, unsigned queue, weft_fiber_fn *fn)
{
    weft_runtime_options options = {
        .workers = 2,
        .blocking_threads = threads,
        .blocking_queue = queue,
        .blocking_idle = 20 * WEFT_MILLISECOND,
    };
    assert_int_equal(weft_runtime_run(&options, fn, NULL), WEFT_OK);
}

/* Threads of this process whose name begins with `prefix`. */
static unsigned threads_named(const char *prefix)
{
    unsigned count = 0;
    DIR *tasks = opendir("/proc/self/task");
    CHECK(tasks);
    for (struct dirent *task; (task = readdir(tasks));) {
        char path[300], name[32] = "";
        snprintf(path, sizeof path, "/proc/self/task/%s/comm", task->d_name);
        FILE *file = fopen(path, "re");
        if (file && fgets(name, sizeof name, file))
            count += strncmp(name, prefix, strlen(prefix)) == 0;
        if (file)
            fclose(file);
    }
    closedir(tasks);
    return count;
}

/* ---- running ------------------------------------------------------------------------------ */

struct seen {
    pthread_t thread;
    weft_arena *arena;
    weft_fiber *fiber;
    int64_t deadline;
};

static void look(void *arg)
{
    struct seen *seen = arg;
    seen->thread = pthread_self();
    seen->arena = weft_arena_current();
    seen->fiber = weft_fiber_current();
    seen->deadline = weft_deadline_current();
}

static void check_run(void *arg)
{
    (void)arg;
    struct seen seen;
    weft_deadline_narrow(weft_deadline_after(WEFT_HOUR));
    CHECK(weft_blocking_run(look, &seen) == WEFT_OK);
    CHECK(!pthread_equal(seen.thread, pthread_self()));
    CHECK(seen.arena == weft_arena_current()); /* it acts for the fiber */
    CHECK(seen.deadline == weft_deadline_current());
    CHECK(!seen.fiber);
    for (int i = 0; i < 1000 && threads_named("weft-block-0") != 1; i++)
        CHECK(weft_sleep(WEFT_MILLISECOND) == WEFT_OK); /* an earlier pool's is still leaving */
    CHECK(threads_named("weft-block-0") == 1);
}

static void runs_elsewhere_on_behalf_of_the_fiber(void **state)
{
    (void)state;
    run_pool(2, 2, check_run);
    struct seen seen;
    assert_int_equal(weft_blocking_run(look, &seen), WEFT_OK);
    assert_true(pthread_equal(seen.thread, pthread_self()));
}

/* ---- bounds ------------------------------------------------------------------------------- */

static _Atomic int running, most, done;

static void work(void *arg)
{
    int now = ++running, seen = most;
    while (now > seen && !atomic_compare_exchange_weak(&most, &seen, now))
        continue;
    usleep(*(useconds_t *)arg);
    running--;
    done++;
}

static void submit(void *arg)
{
    CHECK(weft_blocking_run(work, arg) == WEFT_OK);
}

static void check_bounds(void *arg)
{
    (void)arg;
    useconds_t pause = 3000;
    weft_fiber *fibers[100];
    most = done = 0;
    for (unsigned i = 0; i < 100; i++)
        CHECK(weft_fiber_spawn_on(&fibers[i], i, "submitter", submit, &pause) == WEFT_OK);
    for (unsigned i = 0; i < 100; i++)
        weft_fiber_join(fibers[i]);
    CHECK(done == 100);
    CHECK(most == 3);
    CHECK(weft_sleep(WEFT_SECOND) == WEFT_OK);
    CHECK(threads_named("weft-block") == 0); /* idle threads have ended */
    submit(&pause);                          /* and come back */
    CHECK(done == 101);
}

static void threads_and_queue_are_bounded(void **state)
{
    (void)state;
    run_pool(3, 2, check_bounds);
}

/* ---- giving up ---------------------------------------------------------------------------- */

static pthread_mutex_t gate = PTHREAD_MUTEX_INITIALIZER;

static _Atomic int arrived;

static void pass_gate(void *arg)
{
    (void)arg;
    arrived++;
    pthread_mutex_lock(&gate);
    pthread_mutex_unlock(&gate);
    done++;
}

struct attempt {
    weft_error expected;
    int64_t patience;
};

static void attempt(void *arg)
{
    struct attempt *attempt = arg;
    weft_deadline_narrow(weft_deadline_after(attempt->patience));
    CHECK(weft_blocking_run(pass_gate, NULL) == attempt->expected);
}

/* One thread, which stands before the gate, and one place in the queue. */
static void check_giving_up(void *arg)
{
    (void)arg;
    enum { TRIES = 6 };
    struct attempt attempts[TRIES] = {
        {WEFT_OK, WEFT_SECOND / 2},             /* started: waited for beyond its deadline */
        {WEFT_TIMED_OUT, 5 * WEFT_MILLISECOND}, /* queued */
        {WEFT_BUSY, 2 * WEFT_MILLISECOND},      /* never got into the queue */
        {WEFT_CANCELLED, WEFT_HOUR},            /* got its place when the second left */
        {WEFT_CANCELLED, WEFT_HOUR},            /* waited for one */
        {WEFT_OK, WEFT_HOUR},
    };
    weft_fiber *fibers[TRIES];
    done = arrived = 0;
    pthread_mutex_lock(&gate);
    for (int i = 0; i < TRIES; i++) {
        CHECK(weft_fiber_spawn(&fibers[i], "attempt", attempt, &attempts[i]) == WEFT_OK);
        while (!arrived)
            weft_yield();
    }
    weft_fiber_join(fibers[1]);
    weft_fiber_join(fibers[2]);
    weft_fiber_cancel(fibers[0]); /* too late */
    weft_fiber_cancel(fibers[4]);
    weft_fiber_join(fibers[4]);
    weft_fiber_cancel(fibers[3]);
    weft_fiber_join(fibers[3]);
    CHECK(weft_sleep(WEFT_SECOND / 2) == WEFT_OK);
    CHECK(done == 0 && arrived == 1);
    pthread_mutex_unlock(&gate);
    weft_fiber_join(fibers[0]);
    weft_fiber_join(fibers[5]);
    CHECK(done == 2);
}

static void gives_up_before_the_start_only(void **state)
{
    (void)state;
    run_pool(1, 1, check_giving_up);
}

static void check_too_late(void *arg)
{
    (void)arg;
    done = 0;
    int64_t old = weft_deadline_narrow(0);
    CHECK(weft_blocking_run(pass_gate, NULL) == WEFT_TIMED_OUT);
    weft_deadline_restore(old);
    weft_fiber_cancel(weft_fiber_current());
    CHECK(weft_blocking_run(pass_gate, NULL) == WEFT_CANCELLED);
    CHECK(done == 0);
}

static void does_not_start_when_it_is_too_late(void **state)
{
    (void)state;
    run_pool(1, 1, check_too_late);
}

/* ---- stress ------------------------------------------------------------------------------- */

static void submit_many(void *arg)
{
    useconds_t none = 0;
    (void)arg;
    for (unsigned i = 0; i < 500; i++) {
        int64_t old = weft_deadline_narrow(i % 4 ? WEFT_NEVER : weft_clock_now() + i * 200);
        weft_error error = weft_blocking_run(work, &none);
        CHECK(error == WEFT_OK || error == WEFT_TIMED_OUT || error == WEFT_BUSY);
        weft_deadline_restore(old);
        running += error != WEFT_OK;
    }
}

static void check_stress(void *arg)
{
    (void)arg;
    weft_fiber *fibers[16];
    done = running = 0;
    for (unsigned i = 0; i < 16; i++)
        CHECK(weft_fiber_spawn_on(&fibers[i], i, "many", submit_many, NULL) == WEFT_OK);
    for (unsigned i = 0; i < 16; i++)
        weft_fiber_join(fibers[i]);
    CHECK(done + running == 16 * 500); /* each ran once, or not at all */
}

static void every_job_runs_once_or_not_at_all(void **state)
{
    (void)state;
    run_pool(3, 4, check_stress);
}

/* ---- who may block --------------------------------------------------------------------------- */

static void say_plain_thread(void *arg)
{
    weft_plain_thread();
    *(bool *)arg = true;
}

static void say_it_on_the_pool(void *arg)
{
    CHECK(weft_blocking_run(say_plain_thread, arg) == WEFT_OK);
}

static void plain_threads_and_the_pool_may_block(void **state)
{
    (void)state;
    bool said = false;
    say_plain_thread(&said);
    assert_true(said);
    said = false;
    run_with(1, say_it_on_the_pool, &said);
    assert_true(said);
}

static void a_fiber_that_says_it_may_block_ends_the_process(void **state)
{
    (void)state;
    bool said = false;
    pid_t child = fork();
    if (child == 0) {
        (void)!weft_runtime_run(NULL, say_plain_thread, &said);
        _exit(0);
    }
    int status = 0;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    assert_int_not_equal(WEXITSTATUS(status), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(runs_elsewhere_on_behalf_of_the_fiber),
        cmocka_unit_test(threads_and_queue_are_bounded),
        cmocka_unit_test(gives_up_before_the_start_only),
        cmocka_unit_test(does_not_start_when_it_is_too_late),
        cmocka_unit_test(every_job_runs_once_or_not_at_all),
        cmocka_unit_test(plain_threads_and_the_pool_may_block),
        cmocka_unit_test(a_fiber_that_says_it_may_block_ends_the_process),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
