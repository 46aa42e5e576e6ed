/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * test_background.c: tasks that outlive their caller, and how the runtime ends them.
 */
#include "fibers.h"
#include <stdatomic.h>
#include <sys/wait.h>
#include <unistd.h>
#include <weft/scope.h>

struct task {
    weft_error waited;
    weft_error spawned; /* while the runtime ends */
    int64_t deadline;
    _Atomic bool ran;
};

static weft_error wait_for_the_end(void *arg)
{
    struct task *task = arg;
    task->deadline = weft_deadline_current();
    task->waited = weft_sleep(WEFT_HOUR);
    task->spawned = weft_background("late", wait_for_the_end, NULL);
    task->ran = true;
    return task->waited;
}

static void leave_a_task(void *arg)
{
    int64_t old = weft_deadline_narrow(weft_deadline_after(WEFT_MINUTE));
    CHECK(weft_background("task", wait_for_the_end, arg) == WEFT_OK);
    weft_deadline_restore(old);
}

static void leave_tasks_and_end(void *arg)
{
    struct task *tasks = arg;
    weft_fiber *fibers[2];
    for (unsigned i = 0; i < 2; i++)
        CHECK(weft_fiber_spawn_on(&fibers[i], i, "caller", leave_a_task, &tasks[i]) == WEFT_OK);
    for (unsigned i = 0; i < 2; i++)
        weft_fiber_join(fibers[i]);
    CHECK(weft_sleep(2 * WEFT_MILLISECOND) == WEFT_OK);
    CHECK(!tasks[0].ran && !tasks[1].ran);
}

static void tasks_live_until_main_has_ended(void **state)
{
    (void)state;
    for (unsigned workers = 1; workers <= 2; workers++) {
        struct task tasks[2] = {0};
        run_with(workers, leave_tasks_and_end, tasks);
        for (unsigned i = 0; i < 2; i++) {
            assert_true(tasks[i].ran);
            assert_int_equal(tasks[i].waited, WEFT_CANCELLED);
            assert_int_equal(tasks[i].spawned, WEFT_SHUTTING_DOWN);
            assert_true(tasks[i].deadline == WEFT_NEVER); /* not the caller's */
        }
    }
}

static void main_is_cancelled(void *arg)
{
    leave_a_task(arg);
    weft_fiber_cancel(weft_fiber_current());
}

static void tasks_are_waited_for_when_main_is_cancelled(void **state)
{
    (void)state;
    struct task task = {0};
    run_with(1, main_is_cancelled, &task);
    assert_true(task.ran);
}

static void tasks_belong_to_fibers(void **state)
{
    (void)state;
    assert_int_equal(weft_background("task", wait_for_the_end, NULL), WEFT_INVALID);
}

/* ---- what is logged ------------------------------------------------------------------------ */

/* Runs main in a process of its own, which must end well; gives what it logged. */
static void log_of(weft_fiber_fn *main, char said[4096])
{
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    pid_t child = fork();
    if (child == 0) {
        dup2(ends[1], STDERR_FILENO);
        close(ends[0]);
        close(ends[1]);
        weft_runtime_options options = {.background_deadline = 10 * WEFT_MILLISECOND};
        exit(weft_runtime_run(&options, main, NULL) == WEFT_OK ? 0 : 1);
    }
    close(ends[1]);
    size_t len = 0;
    for (ssize_t got; (got = read(ends[0], said + len, 4095 - len)) > 0;)
        len += (size_t)got;
    close(ends[0]);
    said[len] = '\0';
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

static weft_error linger(void *arg)
{
    (void)arg;
    weft_shield shield = weft_shield_begin();
    weft_error error = weft_sleep(100 * WEFT_MILLISECOND);
    weft_shield_end(shield);
    return error;
}

static weft_error sleep_an_hour(void *arg)
{
    (void)arg;
    return weft_sleep(WEFT_HOUR);
}

static void leave_lingering(void *arg)
{
    CHECK(weft_background("stubborn", linger, arg) == WEFT_OK);
    CHECK(weft_background("obedient", sleep_an_hour, arg) == WEFT_OK);
    CHECK(weft_sleep(WEFT_MILLISECOND) == WEFT_OK);
}

static void leave_a_crowd(void *arg)
{
    for (unsigned i = 0; i < 20; i++)
        CHECK(weft_background("crowd", linger, arg) == WEFT_OK);
    CHECK(weft_sleep(WEFT_MILLISECOND) == WEFT_OK);
}

static void those_that_do_not_end_are_named(void **state)
{
    (void)state;
    char said[4096];
    log_of(leave_lingering, said);
    assert_non_null(strstr(said, "a background task has not ended"));
    assert_non_null(strstr(said, "stubborn"));
    assert_null(strstr(said, "obedient"));
    log_of(leave_a_crowd, said);
    assert_non_null(strstr(said, "crowd"));
    assert_non_null(strstr(said, "and 4 other background tasks"));
}

static weft_error break_down(void *arg)
{
    (void)arg;
    return WEFT_REFUSED;
}

static void leave_failing(void *arg)
{
    CHECK(weft_background("refresh prices", break_down, arg) == WEFT_OK);
    CHECK(weft_sleep(5 * WEFT_MILLISECOND) == WEFT_OK);
}

static void those_that_fail_are_logged(void **state)
{
    (void)state;
    char said[4096];
    log_of(leave_failing, said);
    assert_non_null(strstr(said, "a background task failed"));
    assert_non_null(strstr(said, "refresh prices"));
    assert_non_null(strstr(said, weft_error_text(WEFT_REFUSED)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(those_that_do_not_end_are_named),
        cmocka_unit_test(those_that_fail_are_logged),
        cmocka_unit_test(tasks_live_until_main_has_ended),
        cmocka_unit_test(tasks_are_waited_for_when_main_is_cancelled),
        cmocka_unit_test(tasks_belong_to_fibers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
