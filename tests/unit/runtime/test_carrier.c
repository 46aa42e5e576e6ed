/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * test_carrier.c: the worker of a fiber that does not give way goes on with another thread; the
 * fiber stays on its own, and gets its worker back when it needs it. Also in a storm of such fibers.
 */
#include "logged.h"
#include <errno.h>
#include <pthread.h>
#include <runtime/carrier.h>
#include <runtime/reactor.h>
#include <stdatomic.h>
#include <sys/socket.h>
#include <weft/scope.h>
#include <weft/sync.h>

#define STUCK_AFTER (30 * WEFT_MILLISECOND)

enum { CROWD = 20, STORM = 12 };
enum { STORMS = 10 }; /* nobody is stuck in one whose threads had no processor for long */

static void run_watched(unsigned workers, unsigned spares, weft_fiber_fn *fn)
{
    weft_runtime_options options = {
        .workers = workers, .stuck_after = STUCK_AFTER, .spare_threads = spares};
    catch_log();
    assert_int_equal(weft_runtime_run(&options, fn, NULL), WEFT_OK);
    release_log();
}

static atomic_bool let_go;

/* Computes until it is let go. */
__attribute__((noinline)) static void spin(void)
{
    while (!atomic_load(&let_go))
        continue;
}

static void compute(int64_t duration)
{
    for (int64_t end = weft_deadline_after(duration); weft_clock_now() < end;)
        continue;
}

/* However little of the processor it gets. */
static void compute_until_said(uint64_t times)
{
    weft_worker_metrics metrics;
    do {
        compute(2 * STUCK_AFTER);
        CHECK(weft_worker_measure(0, &metrics));
    } while (metrics.stuck < times);
}

/* ---- the others go on ---------------------------------------------------------------------- */

static _Thread_local unsigned local;

static void be_stuck(void *arg)
{
    (void)arg;
    unsigned worker = weft_worker_index();
    pid_t thread = gettid();
    local = 7;
    errno = EDOM;
    spin();
    CHECK(weft_worker_index() == worker && errno == EDOM);
    weft_yield();
    CHECK(weft_worker_index() == worker && gettid() == thread && local == 7);
    CHECK(weft_sleep(WEFT_MILLISECOND) == WEFT_OK);
    CHECK(weft_worker_index() == worker);
    CHECK(strcmp(weft_fiber_name(weft_fiber_current()), "spinner") == 0);
}

static void be_quick(void *arg)
{
    CHECK(weft_worker_index() == 0);
    CHECK(weft_sleep(WEFT_MILLISECOND) == WEFT_OK);
    CHECK(weft_worker_index() == 0);
    atomic_fetch_add((_Atomic unsigned *)arg, 1);
}

/* With one worker nobody else could run, were it not adopted. */
static void others_run(void *arg)
{
    (void)arg;
    _Atomic unsigned done = 0;
    weft_fiber *spinner, *others[CROWD];
    pid_t thread = gettid(); /* pthread_self is constant, the compiler thinks */
    atomic_store(&let_go, false);
    CHECK(weft_fiber_spawn(&spinner, "spinner", be_stuck, NULL) == WEFT_OK);
    for (unsigned i = 0; i < CROWD; i++)
        CHECK(weft_fiber_spawn(&others[i], "other", be_quick, &done) == WEFT_OK);
    for (unsigned i = 0; i < CROWD; i++)
        weft_fiber_join(others[i]);
    CHECK(done == CROWD && !atomic_load(&let_go));
    CHECK(gettid() != thread && weft__spares_alive() == 1);
    CHECK(weft_sleep(3 * STUCK_AFTER) == WEFT_OK); /* time to say it twice */
    atomic_store(&let_go, true);
    weft_fiber_join(spinner);
    CHECK(gettid() == thread);
}

static void others_go_on_and_it_is_said_once(void **state)
{
    (void)state;
    run_watched(1, 0, others_run);
    assert_int_equal(count_in_log("spinner has run for "), 1);
    assert_true(count_in_log("its worker goes on with another thread") >= 1);
#ifndef __SANITIZE_THREAD__ /* which holds signals back */
    assert_true(count_in_log("test_runtime_carrier+0x") >= 2);
#endif
}

/* ---- what a stuck fiber does without its worker -------------------------------------------- */

struct meeting {
    weft_fiber *parked, *cancelled;
    weft_scope scope;
    atomic_bool spinning;
    _Atomic unsigned children;
};

static void be_parked(void *arg)
{
    struct meeting *meeting = arg;
    weft__park_shielded();
    CHECK(!atomic_load(&meeting->spinning) || weft__spares_alive() > 0);
}

static void be_cancelled(void *arg)
{
    (void)arg;
    CHECK(weft_sleep(WEFT_HOUR) == WEFT_CANCELLED);
}

static weft_error count_child(void *arg)
{
    atomic_fetch_add(&((struct meeting *)arg)->children, 1);
    return weft_sleep(WEFT_MILLISECOND);
}

/* Wakes, cancels and spawns while another thread carries its worker. */
static void meddle(void *arg)
{
    struct meeting *meeting = arg;
    weft_scope_enter(&meeting->scope, 0);
    spin();
    weft__unpark(meeting->parked);
    weft_fiber_cancel(meeting->cancelled);
    for (unsigned i = 0; i < CROWD; i++)
        CHECK(weft_scope_spawn(&meeting->scope, "child", count_child, meeting) == WEFT_OK);
    CHECK(weft_scope_leave(&meeting->scope) == WEFT_OK);
}

static void let_meddle(void *arg)
{
    (void)arg;
    weft_fiber *meddler;
    struct meeting meeting = {.spinning = true};
    atomic_store(&let_go, false);
    CHECK(weft_fiber_spawn(&meeting.parked, "parked", be_parked, &meeting) == WEFT_OK);
    CHECK(weft_fiber_spawn(&meeting.cancelled, "cancelled", be_cancelled, NULL) == WEFT_OK);
    CHECK(weft_fiber_spawn(&meddler, "meddler", meddle, &meeting) == WEFT_OK);
    CHECK(weft_sleep(2 * STUCK_AFTER) == WEFT_OK);
    atomic_store(&let_go, true);
    weft_fiber_join(meeting.parked);
    weft_fiber_join(meeting.cancelled);
    weft_fiber_join(meddler);
    CHECK(meeting.children == CROWD);
}

static void it_can_call_the_library(void **state)
{
    (void)state;
    run_watched(1, 0, let_meddle);
    assert_true(count_in_log("meddler has run for ") >= 1);
}

static void be_late(void *arg)
{
    (void)arg;
    spin();
    CHECK(weft_sleep(WEFT_HOUR) == WEFT_CANCELLED);
}

static void cancel_it(void *arg)
{
    (void)arg;
    weft_fiber *late;
    atomic_store(&let_go, false);
    CHECK(weft_fiber_spawn(&late, "late", be_late, NULL) == WEFT_OK);
    CHECK(weft_sleep(2 * STUCK_AFTER) == WEFT_OK);
    weft_fiber_cancel(late);
    CHECK(weft_sleep(WEFT_MILLISECOND) == WEFT_OK);
    atomic_store(&let_go, true);
    weft_fiber_join(late);
}

static void it_learns_that_it_was_cancelled(void **state)
{
    (void)state;
    run_watched(1, 0, cancel_it);
    assert_true(count_in_log("late has run for ") >= 1);
}

/* A descriptor's source, waited for by the one that was stuck. */
static void read_after_long(void *arg)
{
    weft__source *source = arg;
    char byte;
    compute_until_said(1);
    WEFT__HOLD_WORKER();
    while (recv(source->fd, &byte, 1, MSG_DONTWAIT) < 0) {
        weft__source_blocked(source, WEFT__READABLE);
        CHECK(weft__source_wait(source, WEFT__READABLE, WEFT_NEVER) == WEFT_OK);
    }
    CHECK(byte == 'x');
}

static void use_source(void *arg)
{
    (void)arg;
    int pair[2];
    weft_fiber *reader;
    CHECK(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, pair) == 0);
    weft__source source = {.fd = pair[0]};
    CHECK(weft__source_open(&source) == WEFT_OK);
    CHECK(weft_fiber_spawn(&reader, "reader", read_after_long, &source) == WEFT_OK);
    CHECK(weft_sleep(10 * STUCK_AFTER) == WEFT_OK);
    CHECK(send(pair[1], "x", 1, 0) == 1);
    weft_fiber_join(reader);
    weft__source_close(&source);
    close(pair[0]);
    close(pair[1]);
}

static void descriptors_are_waited_for_afterwards(void **state)
{
    (void)state;
    run_watched(1, 0, use_source);
    assert_true(count_in_log("reader has run for ") >= 1);
}

/* ---- how many threads ---------------------------------------------------------------------- */

static void *let_go_later(void *arg)
{
    (void)arg;
    usleep(24 * STUCK_AFTER / WEFT_MICROSECOND);
    atomic_store(&let_go, true);
    return NULL;
}

static void be_stuck_twice(void *arg)
{
    (void)arg;
    weft_fiber *spinners[2];
    for (unsigned i = 0; i < 2; i++)
        CHECK(weft_fiber_spawn(&spinners[i], "spinner", be_stuck, NULL) == WEFT_OK);
    for (unsigned i = 0; i < 2; i++)
        weft_fiber_join(spinners[i]);
    CHECK(weft__spares_alive() <= 1);
}

/* The second is stuck on the only spare thread. */
static void be_stuck_together(void *arg)
{
    (void)arg;
    compute_until_said(2);
    compute(2 * STUCK_AFTER);
}

static void use_up_the_spare(void *arg)
{
    (void)arg;
    weft_fiber *spinners[2];
    for (unsigned i = 0; i < 2; i++)
        CHECK(weft_fiber_spawn(&spinners[i], "spinner", be_stuck_together, NULL) == WEFT_OK);
    for (unsigned i = 0; i < 2; i++)
        weft_fiber_join(spinners[i]);
    CHECK(weft__spares_alive() <= 1);
}

static void spare_threads_are_bounded(void **state)
{
    (void)state;
    run_watched(1, 1, use_up_the_spare);
    assert_true(count_in_log("its worker goes on with another thread") >= 1);
    assert_true(count_in_log("all spare threads are in use") >= 1);
}

/* The second is stuck on the spare thread, the first comes back meanwhile. */
static void take_turns(void *arg)
{
    (void)arg;
    weft_fiber *first, *second;
    _Atomic unsigned done = 0;
    atomic_store(&let_go, false);
    CHECK(weft_fiber_spawn(&first, "first", be_late, NULL) == WEFT_OK);
    CHECK(weft_sleep(2 * STUCK_AFTER) == WEFT_OK);
    CHECK(weft_fiber_spawn(&second, "second", be_late, NULL) == WEFT_OK);
    CHECK(weft_sleep(2 * STUCK_AFTER) == WEFT_OK);
    CHECK(weft__spares_alive() == 2);
    atomic_store(&let_go, true);
    be_quick(&done);
    weft_fiber_cancel(second);
    weft_fiber_cancel(first);
    weft_fiber_join(first);
    weft_fiber_join(second);
}

static void two_are_stuck_on_one_worker(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 5; i++)
        run_watched(1, 0, take_turns);
    assert_true(count_in_log("its worker goes on with another thread") >= 2);
}

static atomic_bool may_end;

static void be_around(void *arg)
{
    (void)arg;
    while (!atomic_load(&may_end))
        CHECK(weft_sleep(WEFT_MILLISECOND) == WEFT_OK);
}

static void outlast_spares(void *arg)
{
    (void)arg;
    weft_fiber *spinner, *around;
    atomic_store(&let_go, false);
    atomic_store(&may_end, false);
    CHECK(weft_fiber_spawn_on(&around, 1, "around", be_around, NULL) == WEFT_OK);
    CHECK(weft_fiber_spawn_on(&spinner, 1, "spinner", be_stuck, NULL) == WEFT_OK);
    while (weft__spares_alive() == 0)
        CHECK(weft_sleep(WEFT_MILLISECOND) == WEFT_OK);
    CHECK(weft_sleep(2 * STUCK_AFTER) == WEFT_OK);
    atomic_store(&let_go, true);
    weft_fiber_join(spinner);
    CHECK(weft_sleep(4 * STUCK_AFTER) == WEFT_OK);
    CHECK(weft__spares_alive() == 1); /* `around` has run on it */
    atomic_store(&may_end, true);
    weft_fiber_join(around);
    while (weft__spares_alive() > 0)
        CHECK(weft_sleep(WEFT_MILLISECOND) == WEFT_OK);
}

static void idle_spare_threads_end(void **state)
{
    (void)state;
    weft_runtime_options options = {.workers = 2,
                                    .stuck_after = STUCK_AFTER,
                                    .stealing = WEFT_STEALING_OFF,
                                    .spare_idle = STUCK_AFTER};
    catch_log();
    assert_int_equal(weft_runtime_run(&options, outlast_spares, NULL), WEFT_OK);
    release_log();
}

static void do_nothing(void *arg)
{
    (void)arg;
}

static void bounds_are_checked(void **state)
{
    (void)state;
    weft_runtime_options options = {.spare_threads = WEFT_SPARE_THREADS_MAX + 1};
    assert_int_equal(weft_runtime_run(&options, do_nothing, NULL), WEFT_INVALID);
    catch_log();
    assert_int_equal(setenv("WEFT_SPARE_THREADS", "65", 1), 0);
    assert_int_equal(weft_runtime_run(NULL, do_nothing, NULL), WEFT_INVALID);
    release_log();
    assert_int_equal(count_in_log("WEFT_SPARE_THREADS must be a number from 0 to 64"), 1);
    assert_int_equal(setenv("WEFT_SPARE_THREADS", "0", 1), 0);
    atomic_store(&let_go, false);
    pthread_t thread;
    assert_int_equal(pthread_create(&thread, NULL, let_go_later, NULL), 0);
    run_watched(1, 0, be_stuck_twice);
    pthread_join(thread, NULL);
    assert_int_equal(count_in_log("goes on with another thread"), 0);
    assert_int_equal(unsetenv("WEFT_SPARE_THREADS"), 0);
}

/* ---- a storm ------------------------------------------------------------------------------- */

static weft_mutex mutex = WEFT_MUTEX_INIT;
static unsigned guarded;

static void compute_and_use(void *arg)
{
    unsigned number = *(unsigned *)arg;
    for (unsigned round = 0; round < 3; round++) {
        compute((number + round) % 3 * STUCK_AFTER);
        weft_shield shield = weft_shield_begin();
        CHECK(weft_mutex_lock(&mutex, WEFT_NEVER) == WEFT_OK);
        guarded++;
        weft_mutex_unlock(&mutex);
        weft_shield_end(shield);
        CHECK(weft_sleep(WEFT_MILLISECOND) == WEFT_OK);
    }
}

static void storm(void *arg)
{
    (void)arg;
    weft_fiber *fibers[STORM];
    unsigned numbers[STORM];
    guarded = 0;
    for (unsigned i = 0; i < STORM; i++) {
        numbers[i] = i;
        CHECK(weft_fiber_spawn_on(&fibers[i], i, "storm", compute_and_use, &numbers[i]) == WEFT_OK);
    }
    for (unsigned i = 0; i < STORM; i++)
        weft_fiber_join(fibers[i]);
    CHECK(guarded == 3 * STORM);
}

static void many_are_stuck_at_once(void **state)
{
    (void)state;
    run_watched(2, 0, storm);
    for (unsigned i = 0; i < STORMS; i++) {
        run_watched(3, 2, storm);
        if (count_in_log("storm has run") > 0)
            return;
    }
    if (!getenv("WEFT_VALGRIND")) /* where threads take turns, and nobody runs for long */
        fail_msg("of %d storms none had a fiber that was stuck", STORMS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(others_go_on_and_it_is_said_once),
        cmocka_unit_test(it_can_call_the_library),
        cmocka_unit_test(it_learns_that_it_was_cancelled),
        cmocka_unit_test(descriptors_are_waited_for_afterwards),
        cmocka_unit_test(spare_threads_are_bounded),
        cmocka_unit_test(two_are_stuck_on_one_worker),
        cmocka_unit_test(idle_spare_threads_end),
        cmocka_unit_test(bounds_are_checked),
        cmocka_unit_test(many_are_stuck_at_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
