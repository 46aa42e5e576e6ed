/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * test_crash.c: what a process says when it dies of a fault, and when only a fiber does; in child
 * processes.
 */
#include "fibers.h"
#include "runtime/crash.h"
#include "runtime/fiber.h"
#include "runtime/hold.h"
#include <signal.h>
#include <stdatomic.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>
#include <weft/log.h>
#include <weft/scope.h>

struct death {
    int status;
    char said[1 << 16]; /* the beginning of it */
};

/* `handler` is that of SIGSEGV before the runtime starts. */
static struct death run_child(weft_fiber_fn *fn, size_t stack_size, void (*handler)(int))
{
    struct death death = {0};
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    pid_t child = fork();
    if (child == 0) {
        struct rlimit none = {0};
        setrlimit(RLIMIT_CORE, &none);
        signal(SIGSEGV, handler);
        dup2(ends[1], STDERR_FILENO);
        weft_runtime_options options = {.workers = 2, .stack_size = stack_size};
        bool good = weft_runtime_run(&options, fn, NULL) == WEFT_OK;
        weft_log_flush(weft_deadline_after(WEFT_SECOND));
        _exit(good ? 0 : 1);
    }
    close(ends[1]);
    size_t len = 0;
    char rest[4096];
    for (ssize_t got; (got = read(ends[0], rest, sizeof rest)) > 0;) {
        size_t room = sizeof death.said - 1 - len, part = (size_t)got < room ? (size_t)got : room;
        memcpy(death.said + len, rest, part);
        len += part;
    }
    close(ends[0]);
    assert_int_equal(waitpid(child, &death.status, 0), child);
    return death;
}

static volatile int sink;

static __attribute__((noinline)) int recurse(int depth)
{
    volatile char block[512];
    block[0] = (char)depth;
    int below = depth < 1 << 30 ? recurse(depth + 1) : 0;
    return below + block[0];
}

static void overflow(void *arg)
{
    (void)arg;
    sink = recurse(0);
}

static void spawn_overflow(void *arg)
{
    weft_fiber *fiber;
    CHECK(weft_fiber_spawn_on(&fiber, 1, "greedy", overflow, arg) == WEFT_OK);
    weft_fiber_join(fiber);
}

static void overflow_names_the_fiber(void **state)
{
    (void)state;
    struct death death = run_child(spawn_overflow, 65537, SIG_DFL);
    assert_non_null(strstr(death.said, "weft: stack overflow in fiber greedy (stack size 69632 "
                                       "bytes; raise stack_size)\n"));
    assert_true(WIFSIGNALED(death.status));
    assert_int_equal(WTERMSIG(death.status), SIGSEGV);
}

static void overflow_of_main_is_reported_too(void **state)
{
    (void)state;
    struct death death = run_child(overflow, 0, SIG_DFL);
    assert_non_null(strstr(death.said, "stack overflow in fiber main (stack size 262144 bytes;"));
    assert_true(WIFSIGNALED(death.status));
}

static volatile uintptr_t nowhere = 16;

static void touch_nothing(void *arg)
{
    (void)arg;
    *(volatile int *)nowhere = 1;
}

static void other_faults_are_not_called_overflows(void **state)
{
    (void)state;
    struct death death = run_child(touch_nothing, 0, SIG_DFL);
    assert_null(strstr(death.said, "stack overflow in fiber"));
    assert_true(WIFSIGNALED(death.status));
    assert_int_equal(WTERMSIG(death.status), SIGSEGV);
}

static void send_fault(void *arg)
{
    (void)arg;
    raise(SIGSEGV);
    _exit(0); /* must not be reached */
}

static void a_fault_that_was_sent_ends_the_process(void **state)
{
    (void)state;
    struct death death = run_child(send_fault, 0, SIG_DFL);
    assert_true(WIFSIGNALED(death.status));
    assert_int_equal(WTERMSIG(death.status), SIGSEGV);
}

static void earlier_handler(int number)
{
    (void)number;
    _exit(77);
}

static void earlier_handler_still_gets_other_faults(void **state)
{
    (void)state;
    struct death death = run_child(touch_nothing, 0, earlier_handler);
    assert_true(WIFEXITED(death.status));
    assert_int_equal(WEXITSTATUS(death.status), 77);
}

/* ---- with somebody who answers for fibers --------------------------------------------------- */

static atomic_uint heard, rescued;
static bool refuses;

static void crash(void *arg);

static bool serves(const weft_fiber *fiber)
{
    return fiber->fn == crash;
}

static void hear(void)
{
    atomic_fetch_add(&heard, 1);
}

static bool rescue(weft_fiber *fiber)
{
    (void)fiber;
    atomic_fetch_add(&rescued, 1);
    return !refuses;
}

static const weft__rescuer rescuer = {serves, hear, rescue};

/* On a fiber that nobody joins, as serve's are: loose, as in the user's code. */
static void crash(void *arg)
{
    bool held = arg != NULL;
    if (!held)
        weft__loosen();
    touch_nothing(NULL);
}

static void crash_many(void *count)
{
    weft__crash_isolate(&rescuer);
    for (unsigned i = 0; i < *(unsigned *)count; i++) {
        unsigned before = atomic_load(&rescued);
        CHECK(weft__fiber_start("victim", crash, NULL) == WEFT_OK);
        while (atomic_load(&rescued) == before)
            weft_yield();
    }
    CHECK(atomic_load(&heard) == *(unsigned *)count);
}

static unsigned many = 200;

static void crash_many_times(void *arg)
{
    (void)arg;
    crash_many(&many);
}

static unsigned count_of(const char *text, const char *part)
{
    unsigned count = 0;
    for (const char *at = text; (at = strstr(at, part)) != NULL; at++)
        count++;
    return count;
}

static void a_fiber_that_is_answered_for_ends_alone(void **state)
{
    (void)state;
    many = 5;
    struct death death = run_child(crash_many_times, 0, SIG_DFL);
    assert_true(WIFEXITED(death.status));
    assert_int_equal(WEXITSTATUS(death.status), 0);
    assert_int_equal(count_of(death.said, "victim crashed: SIGSEGV, a wild access"), 5);
    assert_int_equal(count_of(death.said, "\"address\":\"0x10\""), 5);
}

static void what_crashed_fibers_leave_is_bounded(void **state)
{
    (void)state;
    many = 1u << 20;
    struct death death = run_child(crash_many_times, WEFT_STACK_MIN, SIG_DFL);
    assert_true(WIFSIGNALED(death.status));
    assert_int_equal(WTERMSIG(death.status), SIGSEGV);
}

static void held(void *arg)
{
    (void)arg;
    weft__crash_isolate(&rescuer);
    CHECK(weft__fiber_start("holder", crash, &many) == WEFT_OK);
    CHECK(weft_sleep(WEFT_SECOND) == WEFT_OK);
}

static void a_fault_of_the_library_ends_the_process(void **state)
{
    (void)state;
    struct death death = run_child(held, 0, SIG_DFL);
    assert_true(WIFSIGNALED(death.status));
    assert_int_equal(WTERMSIG(death.status), SIGSEGV);
    assert_non_null(strstr(death.said, "weft: SIGSEGV at 0x10 in fiber holder\n"));
}

static void nobody_answers(void *arg)
{
    refuses = true;
    crash_many_times(arg);
}

static void what_cannot_be_answered_for_ends_the_process(void **state)
{
    (void)state;
    many = 1;
    struct death death = run_child(nobody_answers, 0, SIG_DFL);
    assert_true(WIFSIGNALED(death.status));
    assert_int_equal(WTERMSIG(death.status), SIGABRT);
}

static void spawned(void *arg)
{
    weft__crash_isolate(&rescuer);
    spawn_overflow(arg);
}

static void a_fiber_whose_owner_would_not_hear_of_it_ends_the_process(void **state)
{
    (void)state;
    struct death death = run_child(spawned, 65536, SIG_DFL);
    assert_true(WIFSIGNALED(death.status));
    assert_non_null(strstr(death.said, "weft: stack overflow in fiber greedy"));
}

static weft_error child_crashes(void *arg)
{
    touch_nothing(arg);
    return WEFT_OK;
}

static weft_error child_waits(void *arg)
{
    (void)arg;
    return weft_sleep(WEFT_MINUTE);
}

static void with_children(void *arg)
{
    (void)arg;
    weft__crash_isolate(&rescuer);
    weft_scope scope;
    weft_scope_enter(&scope, WEFT_SCOPE_FIRST_ERROR);
    CHECK(weft_scope_spawn(&scope, "patient", child_waits, NULL) == WEFT_OK);
    CHECK(weft_scope_spawn_on(&scope, 1, "crashing", child_crashes, NULL) == WEFT_OK);
    CHECK(weft_scope_leave(&scope) == WEFT_CRASHED);
    CHECK(atomic_load(&heard) == 1 && atomic_load(&rescued) == 0);
}

static void a_child_that_crashes_is_an_error_of_its_scope(void **state)
{
    (void)state;
    struct death death = run_child(with_children, 0, SIG_DFL);
    assert_true(WIFEXITED(death.status));
    assert_int_equal(WEXITSTATUS(death.status), 0);
    assert_non_null(strstr(death.said, "crashing crashed: SIGSEGV, a wild access"));
}

static void nothing(void *arg)
{
    (void)arg;
}

static void handler_is_put_back_after_the_run(void **state)
{
    (void)state;
    struct sigaction action = {.sa_handler = earlier_handler}, before, after;
    sigaction(SIGSEGV, &action, &before);
    run_with(1, nothing, NULL);
    sigaction(SIGSEGV, &before, &after);
    assert_ptr_equal(after.sa_handler, earlier_handler);
}

int main(void)
{
    if (getenv("WEFT_VALGRIND")) {
        puts("1..0 # SKIP it makes the errors that valgrind looks for, at the edge of stacks");
        return 0;
    }
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(overflow_names_the_fiber),
        cmocka_unit_test(overflow_of_main_is_reported_too),
        cmocka_unit_test(other_faults_are_not_called_overflows),
        cmocka_unit_test(a_fault_that_was_sent_ends_the_process),
        cmocka_unit_test(earlier_handler_still_gets_other_faults),
        cmocka_unit_test(handler_is_put_back_after_the_run),
        cmocka_unit_test(a_fault_of_the_library_ends_the_process),
        cmocka_unit_test(a_fiber_whose_owner_would_not_hear_of_it_ends_the_process),
#ifndef WEFT__TSAN /* under which no fiber ends alone */
        cmocka_unit_test(a_fiber_that_is_answered_for_ends_alone),
        cmocka_unit_test(what_crashed_fibers_leave_is_bounded),
        cmocka_unit_test(what_cannot_be_answered_for_ends_the_process),
        cmocka_unit_test(a_child_that_crashes_is_an_error_of_its_scope),
#endif
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
