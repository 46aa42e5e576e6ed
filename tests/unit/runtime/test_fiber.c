/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * test_fiber.c: fibers are spawned, run in turn, wait, are cancelled and joined.
 */
#include "fibers.h"
#include <errno.h>
#include <limits.h>
#include <pthread.h>
#include <runtime/park.h>
#include <runtime/reactor.h>
#include <runtime/sanitize.h>
#include <runtime/stack.h>
#include <stdatomic.h>
#include <sys/resource.h>
#include <weft/arena.h>

/* ---- running ------------------------------------------------------------------------------ */

static void set(void *arg)
{
    *(int *)arg = 1;
}

static void main_runs(void **state)
{
    (void)state;
    int ran = 0;
    assert_int_equal(weft_runtime_run(NULL, set, &ran), WEFT_OK);
    assert_int_equal(ran, 1);
    assert_int_equal(weft_worker_count(), 0);
}

static void check_inside(void *arg)
{
    CHECK(weft_worker_count() == *(unsigned *)arg);
    CHECK(weft_worker_index() == 0);
    CHECK(weft_fiber_current());
    CHECK(strcmp(weft_fiber_name(weft_fiber_current()), "main") == 0);
    CHECK(weft_runtime_run(NULL, set, NULL) == WEFT_BUSY);
}

static void tells_where_it_runs(void **state)
{
    (void)state;
    unsigned workers = 3;
    run_with(workers, check_inside, &workers);
    assert_int_equal(weft_worker_index(), UINT_MAX);
    assert_null(weft_fiber_current());
}

static void refuses_bad_options(void **state)
{
    (void)state;
    weft_runtime_options small = {.stack_size = WEFT_STACK_MIN - 1};
    weft_runtime_options large = {.stack_size = (size_t)WEFT_STACK_MAX + 1};
    weft_runtime_options many = {.workers = WEFT_WORKERS_MAX + 1};
    int ran = 0;
    assert_int_equal(weft_runtime_run(&small, set, &ran), WEFT_INVALID);
    assert_int_equal(weft_runtime_run(&large, set, &ran), WEFT_INVALID);
    assert_int_equal(weft_runtime_run(&many, set, &ran), WEFT_INVALID);
    assert_int_equal(ran, 0);
}

static void smallest_stack_runs(void **state)
{
    (void)state;
    weft_runtime_options options = {.workers = 1, .stack_size = WEFT_STACK_MIN};
    int ran = 0;
    assert_int_equal(weft_runtime_run(&options, set, &ran), WEFT_OK);
    assert_int_equal(ran, 1);
}

/* Whatever the number of files it may open, it starts whole or not at all. */
static void says_when_it_cannot_start(void **state)
{
    (void)state;
    struct rlimit limit, few;
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &limit), 0);
    weft_runtime_options options = {.workers = 3};
    unsigned refused = 0, begun = 0;
    for (rlim_t files = 0; !begun; files++) {
        few = (struct rlimit){.rlim_cur = files, .rlim_max = limit.rlim_max};
        assert_int_equal(setrlimit(RLIMIT_NOFILE, &few), 0);
        int ran = 0;
        weft_error error = weft_runtime_run(&options, set, &ran);
        assert_true(ran ? error == WEFT_OK : error == WEFT_TOO_MANY_FILES);
        refused += !ran;
        begun += (unsigned)ran;
    }
    assert_true(refused >= 6); /* an epoll and a bell for each worker */
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &limit), 0);
}

static void store_worker_count(void *arg)
{
    *(unsigned *)arg = weft_worker_count();
}

static void environment_sets_the_workers(void **state)
{
    (void)state;
    unsigned count = 0;
    setenv("WEFT_WORKERS", "3", 1);
    assert_int_equal(weft_runtime_run(NULL, store_worker_count, &count), WEFT_OK);
    assert_int_equal(count, 3);
    run_with(2, store_worker_count, &count);
    assert_int_equal(count, 2); /* what the program says goes first */
    static const char *const bad[] = {"", "0", "-1", "two", "2x", " 2", "99999999999999999999"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        setenv("WEFT_WORKERS", bad[i], 1);
        assert_int_equal(weft_runtime_run(NULL, store_worker_count, &count), WEFT_INVALID);
    }
    unsetenv("WEFT_WORKERS");
}

static void is_refused_on_plain_threads(void **state)
{
    (void)state;
    weft_fiber *fiber;
    assert_int_equal(weft_fiber_spawn(&fiber, "x", set, NULL), WEFT_INVALID);
    assert_int_equal(weft_fiber_spawn_on(&fiber, 0, "x", set, NULL), WEFT_INVALID);
    assert_int_equal(weft__fiber_start("x", set, NULL), WEFT_INVALID);
}

/* ---- spawn and join ----------------------------------------------------------------------- */

struct log {
    char text[64];
    size_t len;
};

static struct log order;

static void note(void *arg)
{
    order.text[order.len++] = *(const char *)arg;
    weft_yield();
    order.text[order.len++] = *(const char *)arg;
}

static void spawn_three(void *arg)
{
    (void)arg;
    weft_fiber *fibers[3];
    for (int i = 0; i < 3; i++)
        CHECK(weft_fiber_spawn(&fibers[i], "noter", note, &"abc"[i]) == WEFT_OK);
    CHECK(order.len == 0); /* spawning does not suspend */
    for (int i = 2; i >= 0; i--)
        weft_fiber_join(fibers[i]);
}

static void runs_first_come_first_served(void **state)
{
    (void)state;
    order = (struct log){0};
    run_with(1, spawn_three, NULL);
    assert_string_equal(order.text, "abcabc");
}

static void join_ended(void *arg)
{
    (void)arg;
    int ran = 0;
    weft_fiber *fiber;
    CHECK(weft_fiber_spawn(&fiber, "short", set, &ran) == WEFT_OK);
    weft_yield();
    CHECK(ran == 1);
    weft_fiber_join(fiber);
}

static void joins_a_fiber_that_has_ended(void **state)
{
    (void)state;
    run_with(1, join_ended, NULL);
}

static void spawn_tree(void *arg)
{
    int depth = *(int *)arg;
    if (depth == 0)
        return;
    int below = depth - 1;
    weft_fiber *left, *right;
    CHECK(weft_fiber_spawn_on(&left, (unsigned)depth, "left", spawn_tree, &below) == WEFT_OK);
    CHECK(weft_fiber_spawn(&right, "right", spawn_tree, &below) == WEFT_OK);
    weft_fiber_join(left);
    weft_fiber_join(right);
}

static void joins_across_workers(void **state)
{
    (void)state;
    int depth = 9;
    run_with(4, spawn_tree, &depth);
}

static void store_index(void *arg)
{
    *(unsigned *)arg = weft_worker_index();
}

static void spawn_everywhere(void *arg)
{
    (void)arg;
    for (unsigned on = 0; on < 6; on++) {
        unsigned index = UINT_MAX;
        weft_fiber *fiber;
        CHECK(weft_fiber_spawn_on(&fiber, on, "index", store_index, &index) == WEFT_OK);
        weft_fiber_join(fiber);
        CHECK(index == on % 3);
    }
}

static void spawns_on_the_worker_named(void **state)
{
    (void)state;
    run_with(3, spawn_everywhere, NULL);
}

static _Atomic int outlived;

static void linger(void *arg)
{
    (void)arg;
    CHECK(weft_sleep(20 * WEFT_MILLISECOND) == WEFT_OK);
    atomic_fetch_add(&outlived, 1);
}

static void start_and_leave(void *arg)
{
    (void)arg;
    for (int i = 0; i < 10; i++)
        CHECK(weft__fiber_start("lingers", linger, NULL) == WEFT_OK);
}

static void start_elsewhere(void *arg)
{
    weft_fiber *fiber;
    CHECK(weft_fiber_spawn_on(&fiber, 1, "starter", start_and_leave, arg) == WEFT_OK);
    weft_fiber_join(fiber);
    start_and_leave(arg);
}

static void runtime_waits_for_every_fiber(void **state)
{
    (void)state;
    outlived = 0;
    run_with(2, start_elsewhere, NULL);
    assert_int_equal(outlived, 20);
}

static void keep_errno(void *arg)
{
    for (int i = 0; i < 100; i++) {
        errno = *(int *)arg;
        double half = (double)errno / 2;
        weft_yield();
        CHECK(half * 2 == *(int *)arg);
        char *from_arena = weft_arena_alloc(weft_arena_current(), 100, 1);
        memset(from_arena, *(int *)arg, 100);
        weft_yield();
        CHECK(from_arena[99] == *(int *)arg);
    }
}

static void spawn_keepers(void *arg)
{
    (void)arg;
    int numbers[8];
    weft_fiber *fibers[8];
    for (int i = 0; i < 8; i++) {
        numbers[i] = i + 1;
        CHECK(weft_fiber_spawn(&fibers[i], "keeper", keep_errno, &numbers[i]) == WEFT_OK);
    }
    for (int i = 0; i < 8; i++)
        weft_fiber_join(fibers[i]);
}

static void fibers_keep_their_registers_and_arenas(void **state)
{
    (void)state;
    run_with(1, spawn_keepers, NULL);
}

/* ---- sleeping ----------------------------------------------------------------------------- */

static void sleep_a_little(void *arg)
{
    int64_t before = weft_clock_now();
    CHECK(weft_sleep(*(int64_t *)arg) == WEFT_OK);
    CHECK(weft_clock_now() - before >= *(int64_t *)arg); /* never early */
}

static void sleeps_at_least_as_long_as_asked(void **state)
{
    (void)state;
    static const int64_t durations[] = {-5, 0, 1, 999999, 1000000, 1000001, 7654321, 70000000};
    for (size_t i = 0; i < sizeof durations / sizeof *durations; i++) {
        int64_t duration = durations[i];
        run_with(1, sleep_a_little, &duration);
        sleep_a_little(&duration); /* on a plain thread too */
    }
}

#ifdef WEFT__TSAN
#define SLEEPERS 1000 /* ThreadSanitizer knows 8128 fibers at most */
#else
#define SLEEPERS 10000
#endif

static void sleep_briefly(void *arg)
{
    CHECK(weft_sleep(20 * WEFT_MILLISECOND + (int64_t)(uintptr_t)arg * 1000) == WEFT_OK);
}

static void spawn_sleepers(void *arg)
{
    (void)arg;
    weft_fiber **fibers = calloc(SLEEPERS, sizeof *fibers);
    CHECK(fibers);
    for (uintptr_t i = 0; i < SLEEPERS; i++)
        CHECK(weft_fiber_spawn_on(&fibers[i], (unsigned)i, "sleeper", sleep_briefly, (void *)i) ==
              WEFT_OK);
    for (unsigned i = 0; i < SLEEPERS; i++)
        weft_fiber_join(fibers[i]);
    free(fibers);
}

static void thousands_sleep_at_once(void **state)
{
    (void)state;
    run_with(2, spawn_sleepers, NULL);
}

static void narrow(void *arg)
{
    (void)arg;
    CHECK(weft_deadline_current() == WEFT_NEVER);
    int64_t deadline = weft_deadline_after(10 * WEFT_MILLISECOND);
    int64_t old = weft_deadline_narrow(deadline);
    CHECK(old == WEFT_NEVER && weft_deadline_current() == deadline);
    CHECK(weft_deadline_narrow(WEFT_NEVER) == deadline); /* never widens */
    CHECK(weft_deadline_current() == deadline);
    CHECK(weft_sleep(WEFT_MILLISECOND) == WEFT_OK);
    CHECK(weft_sleep(WEFT_HOUR) == WEFT_TIMED_OUT);
    CHECK(weft_clock_now() >= deadline);
    CHECK(weft_sleep(WEFT_HOUR) == WEFT_TIMED_OUT); /* it has passed: at once */
    weft_deadline_restore(old);
    CHECK(weft_sleep(WEFT_MILLISECOND) == WEFT_OK);
}

static int steps;

static void step(void *arg)
{
    (void)arg;
    steps++;
}

static void sleep_until_the_past(void *arg)
{
    (void)arg;
    weft_fiber *fiber;
    steps = 0;
    CHECK(weft_fiber_spawn(&fiber, "other", step, NULL) == WEFT_OK);
    CHECK(weft_sleep_until(1) == WEFT_OK);
    CHECK(steps == 1); /* others went first, as with weft_yield */
    CHECK(weft_sleep_until(-1) == WEFT_OK && weft_sleep(INT64_MIN) == WEFT_OK);
    weft_fiber_join(fiber);
}

static void sleeping_until_the_past_yields(void **state)
{
    (void)state;
    run_with(1, sleep_until_the_past, NULL);
    assert_int_equal(weft_sleep_until(-1), WEFT_OK);
}

static void deadline_cuts_waits_short(void **state)
{
    (void)state;
    run_with(1, narrow, NULL);
    narrow(NULL);
}

static void store_deadline(void *arg)
{
    *(int64_t *)arg = weft_deadline_current();
}

static void spawn_under_deadline(void *arg)
{
    (void)arg;
    int64_t deadline = weft_deadline_after(WEFT_HOUR), seen = 0;
    weft_deadline_narrow(deadline);
    weft_fiber *fiber;
    CHECK(weft_fiber_spawn(&fiber, "child", store_deadline, &seen) == WEFT_OK);
    weft_fiber_join(fiber);
    CHECK(seen == deadline);
}

static void child_inherits_the_deadline(void **state)
{
    (void)state;
    run_with(1, spawn_under_deadline, NULL);
}

/* ---- cancellation ------------------------------------------------------------------------- */

static void expect_cancel(void *arg)
{
    (void)arg;
    CHECK(weft_sleep(WEFT_HOUR) == WEFT_CANCELLED);
    CHECK(weft_sleep(WEFT_HOUR) == WEFT_CANCELLED); /* and each later wait */
    CHECK(weft_sleep(0) == WEFT_CANCELLED);
    weft_yield();
}

static void cancel_on(void *arg)
{
    unsigned on = *(unsigned *)arg;
    weft_fiber *fiber;
    CHECK(weft_fiber_spawn_on(&fiber, on, "victim", expect_cancel, NULL) == WEFT_OK);
    weft_fiber_cancel(fiber); /* before it has started */
    weft_fiber_join(fiber);
    CHECK(weft_fiber_spawn_on(&fiber, on, "victim", expect_cancel, NULL) == WEFT_OK);
    CHECK(weft_sleep(5 * WEFT_MILLISECOND) == WEFT_OK);
    weft_fiber_cancel(fiber); /* while it waits */
    weft_fiber_cancel(fiber);
    weft_fiber_join(fiber);
    int ran = 0;
    CHECK(weft_fiber_spawn_on(&fiber, on, "short", set, &ran) == WEFT_OK);
    CHECK(weft_sleep(5 * WEFT_MILLISECOND) == WEFT_OK);
    weft_fiber_cancel(fiber); /* after it has ended */
    weft_fiber_join(fiber);
    CHECK(ran);
}

static void cancels_near_and_far(void **state)
{
    (void)state;
    unsigned here = 0, there = 1;
    run_with(2, cancel_on, &here);
    run_with(2, cancel_on, &there);
}

static void nothing(void *arg)
{
    (void)arg;
}

static void race_cancel_with_end(void *arg)
{
    (void)arg;
    for (unsigned i = 0; i < 5000; i++) {
        weft_fiber *fiber;
        CHECK(weft_fiber_spawn_on(&fiber, 1, "racer", nothing, NULL) == WEFT_OK);
        for (unsigned spin = 0; spin < i % 64; spin++)
            atomic_thread_fence(memory_order_seq_cst);
        weft_fiber_cancel(fiber);
        weft_fiber_join(fiber);
    }
}

static void cancellation_may_cross_the_end(void **state)
{
    (void)state;
    run_with(2, race_cancel_with_end, NULL);
}

static void slow_to_end(void *arg)
{
    CHECK(weft_sleep(20 * WEFT_MILLISECOND) == WEFT_CANCELLED);
    weft__park_shielded();
    *(int *)arg = 1;
}

static void join_under_pressure(void *arg)
{
    (void)arg;
    int done = 0;
    weft_fiber *fiber;
    CHECK(weft_fiber_spawn(&fiber, "slow", slow_to_end, &done) == WEFT_OK);
    weft_yield();
    weft_fiber_cancel(fiber);
    weft_fiber_cancel(weft_fiber_current());
    weft_deadline_narrow(0);
    weft_yield(); /* the other is in its shielded park, deaf to both */
    weft_fiber_cancel(fiber);
    CHECK(!done);
    weft__unpark(fiber);
    weft_fiber_join(fiber);
    CHECK(done);
}

static void joins_always_finish(void **state)
{
    (void)state;
    run_with(1, join_under_pressure, NULL);
}

/* ---- park and unpark ---------------------------------------------------------------------- */

static void park_after_unpark(void *arg)
{
    (void)arg;
    weft_fiber *self = weft_fiber_current();
    weft__unpark(self);
    CHECK(weft__park(0) == WEFT_OK); /* a pending wake-up wins over the deadline */
    CHECK(weft__park(0) == WEFT_TIMED_OUT);
    weft_fiber_cancel(self);
    weft__unpark(self);
    CHECK(weft__park(WEFT_NEVER) == WEFT_OK); /* and over the cancellation */
    CHECK(weft__park(WEFT_NEVER) == WEFT_CANCELLED);
}

static void wakeup_before_the_park_is_kept(void **state)
{
    (void)state;
    run_with(1, park_after_unpark, NULL);
}

enum { ROUNDS = 20000 };

static _Atomic(weft_fiber *) parked;

static void park_rounds(void *arg)
{
    (void)arg;
    for (int i = 0; i < ROUNDS; i++) {
        atomic_store(&parked, weft_fiber_current());
        CHECK(weft__park(WEFT_NEVER) == WEFT_OK);
    }
}

static void *unpark_rounds(void *arg)
{
    (void)arg;
    for (int i = 0; i < ROUNDS; i++) {
        weft_fiber *fiber;
        while (!(fiber = atomic_exchange(&parked, NULL)))
            weft_yield();
        weft__unpark(fiber);
    }
    return NULL;
}

static void unpark_rounds_in_fiber(void *arg)
{
    unpark_rounds(arg);
}

static void unpark_from_worker(void *arg)
{
    weft_fiber *waker;
    CHECK(weft_fiber_spawn_on(&waker, 1, "waker", unpark_rounds_in_fiber, NULL) == WEFT_OK);
    park_rounds(arg);
    weft_fiber_join(waker);
}

static void no_wakeup_is_lost(void **state)
{
    (void)state;
    run_with(2, unpark_from_worker, NULL);
    pthread_t thread;
    assert_int_equal(pthread_create(&thread, NULL, unpark_rounds, NULL), 0);
    run_with(1, park_rounds, NULL);
    pthread_join(thread, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(main_runs),
        cmocka_unit_test(tells_where_it_runs),
        cmocka_unit_test(refuses_bad_options),
        cmocka_unit_test(smallest_stack_runs),
        cmocka_unit_test(says_when_it_cannot_start),
        cmocka_unit_test(environment_sets_the_workers),
        cmocka_unit_test(is_refused_on_plain_threads),
        cmocka_unit_test(runs_first_come_first_served),
        cmocka_unit_test(joins_a_fiber_that_has_ended),
        cmocka_unit_test(joins_across_workers),
        cmocka_unit_test(spawns_on_the_worker_named),
        cmocka_unit_test(runtime_waits_for_every_fiber),
        cmocka_unit_test(fibers_keep_their_registers_and_arenas),
        cmocka_unit_test(sleeps_at_least_as_long_as_asked),
        cmocka_unit_test(thousands_sleep_at_once),
        cmocka_unit_test(sleeping_until_the_past_yields),
        cmocka_unit_test(deadline_cuts_waits_short),
        cmocka_unit_test(child_inherits_the_deadline),
        cmocka_unit_test(cancels_near_and_far),
        cmocka_unit_test(cancellation_may_cross_the_end),
        cmocka_unit_test(joins_always_finish),
        cmocka_unit_test(wakeup_before_the_park_is_kept),
        cmocka_unit_test(no_wakeup_is_lost),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
