/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * test_process.c: real child processes: sh, cat, sleep. After each test no descriptor is open that
 * was not before, and no child is left.
 */
#include "descriptors.h"
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <weft/process.h>

static const weft_process_options all_pipes = {
    .in = WEFT_PROCESS_PIPE, .out = WEFT_PROCESS_PIPE, .err = WEFT_PROCESS_PIPE};

static weft_process *spawn(const char *const *argv, const weft_process_options *options)
{
    weft_process *process;
    CHECK(weft_process_spawn(&process, argv, options) == WEFT_OK);
    return process;
}

static weft_process *spawn_sh(const char *script, const weft_process_options *options)
{
    const char *const argv[] = {"sh", "-c", script, NULL};
    return spawn(argv, options);
}

static void run_alone(weft_fiber_fn *fn)
{
    run_and_count(2, fn);
    assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
    assert_int_equal(errno, ECHILD);
}

static bool reads(weft_stream *stream, const char *expected)
{
    char text[256] = "";
    size_t got;
    CHECK(weft_stream_read_exactly(stream, text, sizeof text - 1, &got, soon()) == WEFT_CLOSED);
    return strcmp(text, expected) == 0;
}

static bool ends(weft_process *process, int code, int signal)
{
    weft_process_end end = {-1, -1};
    CHECK(weft_process_wait(process, &end, soon()) == WEFT_OK);
    return end.code == code && end.signal == signal;
}

/* ---- streams and ends --------------------------------------------------------------------- */

static void check_cat(void *arg)
{
    (void)arg;
    const char *const argv[] = {"cat", NULL};
    weft_process *cat = spawn(argv, &all_pipes);
    CHECK(weft_process_pid(cat) > 0);
    CHECK(weft_stream_write(weft_process_in(cat), "through the cat", 15, soon()) == WEFT_OK);
    weft_process_finish_in(cat);
    CHECK(!weft_process_in(cat));
    CHECK(reads(weft_process_out(cat), "through the cat"));
    CHECK(reads(weft_process_err(cat), ""));
    CHECK(ends(cat, 0, 0));
    CHECK(ends(cat, 0, 0)); /* again */
    CHECK(weft_process_kill(cat, SIGTERM) == WEFT_NOT_FOUND);
    weft_process_close(cat);
    weft_process_close(NULL);
}

static void talks_with_a_child(void **state)
{
    (void)state;
    run_alone(check_cat);
}

static void check_ends(void *arg)
{
    (void)arg;
    weft_process *process = spawn_sh("exit 7", NULL);
    CHECK(!weft_process_in(process) && !weft_process_out(process) && !weft_process_err(process));
    CHECK(ends(process, 7, 0));
    weft_process_close(process);
    process = spawn_sh("kill -USR1 $$", NULL);
    CHECK(ends(process, 0, SIGUSR1));
    weft_process_close(process);
    const char *const sleep[] = {"sleep", "60", NULL};
    process = spawn(sleep, NULL);
    CHECK(weft_process_kill(process, 0) == WEFT_OK);
    CHECK(weft_process_kill(process, 1000) == WEFT_INVALID);
    CHECK(weft_process_kill(process, SIGTERM) == WEFT_OK);
    CHECK(ends(process, 0, SIGTERM));
    weft_process_close(process);
}

static void tells_how_it_ended(void **state)
{
    (void)state;
    run_alone(check_ends);
}

static void check_environment(void *arg)
{
    (void)arg;
    const char *const environment[] = {"WORD=of the day", NULL};
    const weft_process_options options = {.in = WEFT_PROCESS_NULL,
                                          .out = WEFT_PROCESS_PIPE,
                                          .err = WEFT_PROCESS_PIPE,
                                          .directory = "/tmp",
                                          .environment = environment};
    weft_process *process = spawn_sh("pwd; echo $WORD; echo \"HOME=$HOME\"; cat; echo sorry >&2",
                                     &options);
    CHECK(reads(weft_process_out(process), "/tmp\nof the day\nHOME=\n"));
    CHECK(reads(weft_process_err(process), "sorry\n"));
    CHECK(ends(process, 0, 0));
    weft_process_close(process);
}

static void gives_directory_and_environment(void **state)
{
    (void)state;
    run_alone(check_environment);
}

/* The child sees its three streams, the directory it lists, and nothing else. */
static void check_leaks(void *arg)
{
    (void)arg;
    int leaky = open("/dev/null", O_RDONLY); /* not close-on-exec */
    CHECK(leaky >= 3);
    const char *const argv[] = {"ls", "/proc/self/fd", NULL};
    const weft_process_options options = {.in = WEFT_PROCESS_NULL, .out = WEFT_PROCESS_PIPE};
    weft_process *process = spawn(argv, &options);
    CHECK(reads(weft_process_out(process), "0\n1\n2\n3\n"));
    CHECK(ends(process, 0, 0));
    weft_process_close(process);
    close(leaky);
}

static void leaks_no_descriptor_to_the_child(void **state)
{
    (void)state;
    run_alone(check_leaks);
}

static uint64_t mask(const char *status, const char *name)
{
    const char *line = strstr(status, name);
    CHECK(line);
    return strtoull(line + strlen(name), NULL, 16);
}

static void check_signals(void *arg)
{
    (void)arg;
    const char *const argv[] = {"cat", "/proc/self/status", NULL};
    const weft_process_options options = {.out = WEFT_PROCESS_PIPE};
    sigset_t set, before;
    struct sigaction ignore = {.sa_handler = SIG_IGN}, old;
    sigemptyset(&set);
    sigaddset(&set, SIGUSR1);
    pthread_sigmask(SIG_BLOCK, &set, &before);
    sigaction(SIGUSR2, &ignore, &old);
    weft_process *process = spawn(argv, &options);
    sigaction(SIGUSR2, &old, NULL);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    char text[8192] = "";
    size_t got;
    CHECK(weft_stream_read_exactly(weft_process_out(process), text, sizeof text - 1, &got,
                                   soon()) == WEFT_CLOSED);
    CHECK(mask(text, "SigBlk:") == 0);
    CHECK((mask(text, "SigIgn:") & ~UINT64_C(0x180000000)) == 0); /* 32, 33: the C library's own */
    CHECK(ends(process, 0, 0));
    weft_process_close(process);
}

static void the_child_starts_with_fresh_signals(void **state)
{
    (void)state;
    run_alone(check_signals);
}

static void check_low_descriptors(void *arg)
{
    (void)arg;
    int saved[3];
    for (int i = 0; i < 2; i++) {
        saved[i] = fcntl(i, F_DUPFD_CLOEXEC, 10);
        CHECK(saved[i] >= 0);
        close(i);
    }
    weft_process *process = spawn_sh("cat; echo err >&2", &all_pipes);
    CHECK(weft_stream_write(weft_process_in(process), "in", 2, soon()) == WEFT_OK);
    weft_process_finish_in(process);
    CHECK(reads(weft_process_out(process), "in"));
    CHECK(reads(weft_process_err(process), "err\n"));
    CHECK(ends(process, 0, 0));
    weft_process_close(process);
    for (int i = 0; i < 2; i++) {
        CHECK(dup2(saved[i], i) == i);
        close(saved[i]);
    }
}

static void works_without_standard_streams_of_its_own(void **state)
{
    (void)state;
    run_alone(check_low_descriptors);
}

/* ---- failures ----------------------------------------------------------------------------- */

static void check_failures(void *arg)
{
    (void)arg;
    weft_process *process = NULL;
    const char *const nothing[] = {NULL};
    const char *const missing[] = {"no-such-program-anywhere", NULL};
    const char *const directory[] = {"/tmp", NULL};
    const char *const cat[] = {"cat", NULL};
    CHECK(weft_process_spawn(&process, nothing, NULL) == WEFT_INVALID);
    CHECK(weft_process_spawn(&process, missing, &all_pipes) == WEFT_NOT_FOUND);
    CHECK(weft_process_spawn(&process, directory, &all_pipes) == WEFT_PERMISSION);
    const weft_process_options nowhere = {.directory = "/nowhere"};
    CHECK(weft_process_spawn(&process, cat, &nowhere) == WEFT_NOT_FOUND);
    static char much[1 << 20];
    memset(much, 'x', sizeof much - 1);
    const char *const too_much[] = {"cat", much, NULL};
    CHECK(weft_process_spawn(&process, too_much, &all_pipes) == WEFT_LIMIT);
    struct rlimit before = exhaust_descriptors();
    CHECK(weft_process_spawn(&process, cat, &all_pipes) == WEFT_TOO_MANY_FILES);
    restore_descriptors(before);
    CHECK(!process);
}

static void says_why_it_cannot_start(void **state)
{
    (void)state;
    run_alone(check_failures);
}

/* Descriptors run out at each step of starting in turn. */
static void check_every_shortage(void *arg)
{
    (void)arg;
    const char *const cat[] = {"cat", NULL};
    struct rlimit before, limit;
    CHECK(getrlimit(RLIMIT_NOFILE, &before) == 0);
    unsigned base = open_descriptors(), failed = 0;
    limit = before;
    int next = dup(0); /* the lowest that is free */
    close(next);
    for (int room = 0;; room++) {
        limit.rlim_cur = (rlim_t)(next + room);
        CHECK(setrlimit(RLIMIT_NOFILE, &limit) == 0);
        weft_process *process = NULL;
        weft_error error = weft_process_spawn(&process, cat, &all_pipes);
        CHECK(setrlimit(RLIMIT_NOFILE, &before) == 0);
        weft_process_close(process);
        CHECK(open_descriptors() == base);
        CHECK(waitpid(-1, NULL, WNOHANG) == -1 && errno == ECHILD);
        if (!error)
            break;
        CHECK(error == WEFT_TOO_MANY_FILES);
        failed++;
    }
    CHECK(failed >= 6);
}

static void cleans_up_after_every_shortage(void **state)
{
    (void)state;
    run_alone(check_every_shortage);
}

static void on_plain_threads(void **state)
{
    (void)state;
    weft_process *process;
    const char *const cat[] = {"cat", NULL};
    assert_int_equal(weft_process_spawn(&process, cat, NULL), WEFT_INVALID);
}

/* ---- waiting and closing ------------------------------------------------------------------ */

static const char *const sleeper[] = {"sleep", "60", NULL};

static void check_deadline(void *arg)
{
    (void)arg;
    weft_process_end end;
    weft_process *process = spawn(sleeper, NULL);
    int64_t deadline = moment();
    CHECK(weft_process_wait(process, &end, deadline) == WEFT_TIMED_OUT);
    CHECK(weft_clock_now() >= deadline);
    int64_t began = weft_clock_now();
    weft_process_close(process); /* kills it */
    CHECK(weft_clock_now() - began < 5 * WEFT_SECOND);
}

static void waiting_ends_by_deadline_and_closing_kills(void **state)
{
    (void)state;
    run_alone(check_deadline);
}

static void wait_until_cancelled(void *arg)
{
    (void)arg;
    weft_process_end end;
    weft_process *process = spawn(sleeper, NULL), *second;
    CHECK(weft_process_wait(process, &end, WEFT_NEVER) == WEFT_CANCELLED);
    CHECK(weft_process_spawn(&second, sleeper, &all_pipes) == WEFT_CANCELLED);
    int32_t pid = weft_process_pid(process);
    weft_process_close(process); /* also now */
    CHECK(kill(pid, 0) < 0 && errno == ESRCH);
}

static void check_cancel(void *arg)
{
    (void)arg;
    weft_fiber *fiber;
    CHECK(weft_fiber_spawn(&fiber, "parent", wait_until_cancelled, NULL) == WEFT_OK);
    CHECK(weft_sleep(50 * WEFT_MILLISECOND) == WEFT_OK);
    weft_fiber_cancel(fiber);
    weft_fiber_join(fiber);
}

static void cancelled_parents_leave_no_child(void **state)
{
    (void)state;
    run_alone(check_cancel);
}

/* Closing wakes its fiber exactly once: what it waits for afterwards is not cut short. */
static void check_close_then_sleep(void *arg)
{
    (void)arg;
    for (int i = 0; i < 10; i++) {
        weft_process_close(spawn(sleeper, &all_pipes));
        int64_t until = moment();
        CHECK(weft_sleep_until(until) == WEFT_OK && weft_clock_now() >= until);
    }
}

static void closing_leaves_no_wake_up_behind(void **state)
{
    (void)state;
    run_alone(check_close_then_sleep);
}

static void check_broken_input(void *arg)
{
    (void)arg;
    static const char block[1 << 20];
    const weft_process_options options = {.in = WEFT_PROCESS_PIPE};
    weft_process *process = spawn_sh("exec 0<&-; exit 3", &options);
    CHECK(weft_stream_write(weft_process_in(process), block, sizeof block, soon()) == WEFT_CLOSED);
    CHECK(ends(process, 3, 0));
    weft_process_close(process);
}

static void a_child_that_does_not_read(void **state)
{
    (void)state;
    run_alone(check_broken_input);
}

static void check_reaped_by_others(void *arg)
{
    (void)arg;
    weft_process_end end;
    weft_process *process = spawn_sh("exit 1", NULL);
    CHECK(waitpid(weft_process_pid(process), NULL, 0) == weft_process_pid(process));
    CHECK(weft_process_wait(process, &end, soon()) == WEFT_NOT_FOUND);
    weft_process_close(process);
}

static void somebody_else_has_fetched_the_end(void **state)
{
    (void)state;
    run_alone(check_reaped_by_others);
}

/* ---- many --------------------------------------------------------------------------------- */

enum { CHILDREN = 24 };

static void run_child(void *arg)
{
    int code = (int)(intptr_t)arg;
    char script[64], expected[16];
    snprintf(script, sizeof script, "read x; echo $x; exit %d", code);
    snprintf(expected, sizeof expected, "n%d\n", code);
    weft_process *process = spawn_sh(script, &all_pipes);
    CHECK(weft_stream_write(weft_process_in(process), expected, strlen(expected), soon()) ==
          WEFT_OK);
    CHECK(reads(weft_process_out(process), expected));
    CHECK(ends(process, code, 0));
    weft_process_close(process);
}

static void check_many(void *arg)
{
    (void)arg;
    weft_fiber *fibers[CHILDREN];
    for (unsigned i = 0; i < CHILDREN; i++)
        CHECK(weft_fiber_spawn_on(&fibers[i], i, "child", run_child, (void *)(intptr_t)i) ==
              WEFT_OK);
    for (unsigned i = 0; i < CHILDREN; i++)
        weft_fiber_join(fibers[i]);
}

static void many_at_once(void **state)
{
    (void)state;
    run_alone(check_many);
}

int main(void)
{
    if (syscall(SYS_pidfd_open, -1, 0) < 0 && errno == ENOSYS) {
        puts("1..0 # SKIP valgrind 3.19 has no pidfd_open");
        return 0;
    }
    setenv("WEFT_LOG", "off", 0);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(talks_with_a_child),
        cmocka_unit_test(tells_how_it_ended),
        cmocka_unit_test(gives_directory_and_environment),
        cmocka_unit_test(leaks_no_descriptor_to_the_child),
        cmocka_unit_test(the_child_starts_with_fresh_signals),
        cmocka_unit_test(works_without_standard_streams_of_its_own),
        cmocka_unit_test(says_why_it_cannot_start),
        cmocka_unit_test(cleans_up_after_every_shortage),
        cmocka_unit_test(on_plain_threads),
        cmocka_unit_test(waiting_ends_by_deadline_and_closing_kills),
        cmocka_unit_test(cancelled_parents_leave_no_child),
        cmocka_unit_test(closing_leaves_no_wake_up_behind),
        cmocka_unit_test(a_child_that_does_not_read),
        cmocka_unit_test(somebody_else_has_fetched_the_end),
        cmocka_unit_test(many_at_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
