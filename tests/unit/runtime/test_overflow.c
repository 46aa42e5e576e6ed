/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * test_overflow.c: what a process says when it dies of a fault, in child processes.
 */
#include "fibers.h"
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

struct death {
    int status;
    char said[4096];
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
        _exit(weft_runtime_run(&options, fn, NULL) == WEFT_OK ? 0 : 1);
    }
    close(ends[1]);
    size_t len = 0;
    for (ssize_t got; (got = read(ends[0], death.said + len, sizeof death.said - 1 - len)) > 0;)
        len += (size_t)got;
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
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(overflow_names_the_fiber),
        cmocka_unit_test(overflow_of_main_is_reported_too),
        cmocka_unit_test(other_faults_are_not_called_overflows),
        cmocka_unit_test(a_fault_that_was_sent_ends_the_process),
        cmocka_unit_test(earlier_handler_still_gets_other_faults),
        cmocka_unit_test(handler_is_put_back_after_the_run),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
