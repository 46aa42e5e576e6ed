/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * test_signal.c: signals as events, sent to the process and to single threads.
 */
#include "descriptors.h"
#include <pthread.h>
#include <signal.h>
#include <weft/process.h>

static weft_signal *open_signals(const int *numbers, size_t count)
{
    weft_signal *signal;
    CHECK(weft_signal_open(&signal, numbers, count) == WEFT_OK);
    return signal;
}

static const int users[] = {SIGUSR1, SIGUSR2};

static void check_wait(void *arg)
{
    (void)arg;
    weft_signal *signal = open_signals(users, 2);
    int number = 0;
    CHECK(weft_signal_wait(signal, &number, moment()) == WEFT_TIMED_OUT);
    for (int i = 0; i < 3; i++) {
        kill(getpid(), SIGUSR2);
        CHECK(weft_signal_wait(signal, &number, soon()) == WEFT_OK && number == SIGUSR2);
    }
    raise(SIGUSR2);
    raise(SIGUSR1);
    raise(SIGUSR1); /* counts once */
    CHECK(weft_signal_wait(signal, &number, soon()) == WEFT_OK && number == SIGUSR1);
    CHECK(weft_signal_wait(signal, &number, soon()) == WEFT_OK && number == SIGUSR2);
    CHECK(weft_signal_wait(signal, &number, moment()) == WEFT_TIMED_OUT);
    weft_signal_close(signal);
    weft_signal_close(NULL);
}

static void waits_for_signals(void **state)
{
    (void)state;
    run_and_count(2, check_wait);
}

static void wait_for_one(void *arg)
{
    int number = 0;
    CHECK(weft_signal_wait(arg, &number, soon()) == WEFT_OK && number == SIGUSR1);
}

static void *raise_here(void *arg)
{
    (void)arg;
    raise(SIGUSR1); /* for this thread only */
    return NULL;
}

static void check_elsewhere(void *arg)
{
    (void)arg;
    weft_signal *signal = open_signals(users, 1);
    weft_fiber *waiter;
    pthread_t thread;
    CHECK(weft_fiber_spawn(&waiter, "waiter", wait_for_one, signal) == WEFT_OK);
    CHECK(weft_sleep(2 * WEFT_MILLISECOND) == WEFT_OK); /* now it waits */
    CHECK(pthread_create(&thread, NULL, raise_here, NULL) == 0);
    weft_fiber_join(waiter);
    pthread_join(thread, NULL);
    weft_signal_close(signal);
}

static void any_thread_may_be_hit(void **state)
{
    (void)state;
    run_and_count(1, check_elsewhere);
}

static weft_signal *early;

static void check_early(void *arg)
{
    (void)arg;
    int number = 0;
    CHECK(weft_signal_wait(early, &number, soon()) == WEFT_OK && number == SIGUSR1);
    weft_signal_close(early);
}

static void catches_before_the_runtime_runs(void **state)
{
    (void)state;
    unsigned before = open_descriptors();
    early = open_signals(users, 1);
    raise(SIGUSR1);
    run_with(1, check_early, NULL);
    assert_int_equal(open_descriptors(), before);
}

static void restores_what_was_before(void **state)
{
    (void)state;
    struct sigaction ignore = {.sa_handler = SIG_IGN}, before, after;
    sigaction(SIGUSR1, &ignore, &before);
    weft_signal *signal = open_signals(users, 2);
    sigaction(SIGUSR1, NULL, &after);
    assert_true(after.sa_handler != SIG_IGN);
    weft_signal_close(signal);
    raise(SIGUSR1); /* ignored again */
    sigaction(SIGUSR1, &before, &after);
    assert_true(after.sa_handler == SIG_IGN);
}

static void refuses_what_cannot_be_caught(void **state)
{
    (void)state;
    static const int wrong[] = {0, -1, 65, SIGKILL, SIGSTOP, SIGSEGV, SIGBUS, SIGFPE, SIGILL, 32};
    unsigned before = open_descriptors();
    weft_signal *signal = NULL, *second = NULL;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        const int numbers[] = {SIGUSR1, wrong[i]};
        assert_int_equal(weft_signal_open(&signal, numbers, 2), WEFT_INVALID);
    }
    assert_int_equal(weft_signal_open(&signal, NULL, 0), WEFT_INVALID);
    assert_null(signal);
    signal = open_signals(users, 1); /* the failures have left SIGUSR1 free */
    assert_int_equal(weft_signal_open(&second, users, 2), WEFT_BUSY);
    weft_signal_close(signal);
    struct rlimit limit = exhaust_descriptors();
    assert_int_equal(weft_signal_open(&second, users, 2), WEFT_TOO_MANY_FILES);
    restore_descriptors(limit);
    assert_null(second);
    assert_int_equal(open_descriptors(), before);
}

static void wait_until_cancelled(void *arg)
{
    int number;
    CHECK(weft_signal_wait(arg, &number, WEFT_NEVER) == WEFT_CANCELLED);
}

static void check_cancel(void *arg)
{
    (void)arg;
    weft_signal *signal = open_signals(users, 1);
    weft_fiber *waiter;
    int number;
    CHECK(weft_fiber_spawn(&waiter, "waiter", wait_until_cancelled, signal) == WEFT_OK);
    CHECK(weft_sleep(2 * WEFT_MILLISECOND) == WEFT_OK);
    CHECK(weft_signal_wait(signal, &number, soon()) == WEFT_BUSY);
    weft_fiber_cancel(waiter);
    weft_fiber_join(waiter);
    raise(SIGUSR1);
    CHECK(weft_signal_wait(signal, &number, soon()) == WEFT_OK);
    weft_signal_close(signal);
}

static void waiting_can_be_cancelled(void **state)
{
    (void)state;
    run_and_count(1, check_cancel);
}

/* ---- many, while objects come and go ---------------------------------------------------------- */

static _Atomic bool stop;

static void *send_many(void *arg)
{
    (void)arg;
    while (!stop)
        kill(getpid(), SIGUSR1);
    return NULL;
}

static void check_storm(void *arg)
{
    (void)arg;
    int number;
    for (int i = 0; i < 200; i++) {
        weft_signal *signal = open_signals(users, 1);
        CHECK(weft_signal_wait(signal, &number, soon()) == WEFT_OK && number == SIGUSR1);
        weft_signal_close(signal);
    }
}

static void objects_come_and_go_under_a_storm(void **state)
{
    (void)state;
    struct sigaction ignore = {.sa_handler = SIG_IGN}, before;
    sigaction(SIGUSR1, &ignore, &before);
    pthread_t sender;
    assert_int_equal(pthread_create(&sender, NULL, send_many, NULL), 0);
    run_with(2, check_storm, NULL);
    stop = true;
    pthread_join(sender, NULL);
    sigaction(SIGUSR1, &before, NULL);
}

int main(void)
{
    setenv("WEFT_LOG", "off", 0);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(waits_for_signals),
        cmocka_unit_test(any_thread_may_be_hit),
        cmocka_unit_test(catches_before_the_runtime_runs),
        cmocka_unit_test(restores_what_was_before),
        cmocka_unit_test(refuses_what_cannot_be_caught),
        cmocka_unit_test(waiting_can_be_cancelled),
        cmocka_unit_test(objects_come_and_go_under_a_storm),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
