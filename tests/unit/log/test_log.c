/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * The log as a process sees it: each case is a child with its own stderr, for the log starts once
 * per process and reads its environment then.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include <weft/log.h>

#include <cmocka.h>

/* ---- children ------------------------------------------------------------------------------------ */

/* Runs `body` in a child whose stderr is `sink` and which ends with exit(0); returns its pid. */
static pid_t start(void (*body)(void), int sink, int keep_out)
{
    pid_t pid = fork();
    assert_int_not_equal(pid, -1);
    if (pid != 0)
        return pid;
    if (sink == -1)
        close(STDERR_FILENO);
    else
        dup2(sink, STDERR_FILENO);
    if (keep_out != -1)
        close(keep_out); /* the reading end is the parent's */
    if (sink != -1)
        close(sink);
    body();
    exit(0);
}

static int finish(pid_t pid)
{
    int status;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

static size_t read_all(int fd, char *to, size_t room)
{
    size_t len = 0;
    for (ssize_t n = 1; n > 0 && len < room - 1; len += (size_t)n) {
        n = read(fd, to + len, room - 1 - len);
        assert_int_not_equal(n, -1);
    }
    to[len] = '\0';
    return len;
}

/* What `body` logs to a pipe. */
static char *output(void (*body)(void))
{
    static char text[4 << 20];
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    pid_t pid = start(body, ends[1], ends[0]);
    close(ends[1]);
    read_all(ends[0], text, sizeof text);
    close(ends[0]);
    assert_int_equal(finish(pid), 0);
    return text;
}

static size_t count_lines(const char *text)
{
    size_t count = 0;
    for (; (text = strchr(text, '\n')) != NULL; text++)
        count++;
    return count;
}

static void sleep_ms(int64_t milliseconds)
{
    nanosleep(&(struct timespec){milliseconds / 1000, milliseconds % 1000 * 1000000}, NULL);
}

/* ---- configuration ------------------------------------------------------------------------------- */

static void log_every_level(void)
{
    weft_log(WEFT_LOG_DEBUG, "m", "debugging");
    weft_log(WEFT_LOG_INFO, "m", "informing");
    weft_log(WEFT_LOG_WARN, "m", "warning");
    weft_log(WEFT_LOG_ERROR, "m", "failing %d", 7);
    weft_log(WEFT_LOG_OFF, "m", "never");
}

static size_t lines_at(const char *level)
{
    setenv("WEFT_LOG", level, 1);
    size_t count = count_lines(output(log_every_level));
    unsetenv("WEFT_LOG");
    return count;
}

static void test_levels(void **unused)
{
    (void)unused;
    assert_int_equal(lines_at("off"), 0);
    assert_int_equal(lines_at("error"), 1);
    assert_int_equal(lines_at("warn"), 2);
    assert_int_equal(lines_at("info"), 3);
    assert_int_equal(lines_at(""), 3);
    assert_int_equal(lines_at("debug"), 4);
}

static void test_an_unknown_level_is_said(void **unused)
{
    (void)unused;
    setenv("WEFT_LOG", "loud", 1);
    const char *text = output(log_every_level);
    unsetenv("WEFT_LOG");
    assert_non_null(strstr(text, "WEFT_LOG=loud is not a level; using info."));
    assert_int_equal(count_lines(text), 4);
}

static void test_form_follows_the_sink_and_the_environment(void **unused)
{
    (void)unused;
    assert_int_equal(output(log_every_level)[0], '{');
    setenv("WEFT_LOG_FORMAT", "pretty", 1);
    const char *text = output(log_every_level);
    assert_non_null(strstr(text, " ERROR m: failing 7\n"));
    assert_null(strchr(text, '\033')); /* colours are for terminals */
    setenv("WEFT_LOG_FORMAT", "xml", 1);
    assert_non_null(strstr(output(log_every_level), "WEFT_LOG_FORMAT=xml is not a form"));
    unsetenv("WEFT_LOG_FORMAT");
}

/* ---- a terminal ---------------------------------------------------------------------------------- */

static const char *on_a_terminal(void (*body)(void))
{
    static char text[4096];
    int terminal = posix_openpt(O_RDWR | O_NOCTTY);
    assert_int_not_equal(terminal, -1);
    assert_int_equal(grantpt(terminal) | unlockpt(terminal), 0);
    int sink = open(ptsname(terminal), O_RDWR | O_NOCTTY);
    assert_int_not_equal(sink, -1);
    assert_int_equal(finish(start(body, sink, terminal)), 0);
    ssize_t len = read(terminal, text, sizeof text - 1);
    assert_true(len > 0);
    text[len] = '\0';
    close(sink);
    close(terminal);
    return text;
}

/* Minimal containers have no devpts. */
static bool terminals_exist(void)
{
    int terminal = posix_openpt(O_RDWR | O_NOCTTY);
    if (terminal != -1)
        close(terminal);
    return terminal != -1;
}

static void test_a_terminal_gets_colours_unless_told_not_to(void **unused)
{
    (void)unused;
    if (!terminals_exist()) {
        puts("# skipped: this system has no pseudo-terminals (is /dev/pts mounted?)");
        return;
    }
    unsetenv("NO_COLOR");
    assert_non_null(strstr(on_a_terminal(log_every_level), "\033[31mERROR"));
    setenv("NO_COLOR", "1", 1);
    assert_non_null(strstr(on_a_terminal(log_every_level), " ERROR m: failing 7"));
    assert_null(strchr(on_a_terminal(log_every_level), '\033'));
    unsetenv("NO_COLOR");
}

/* ---- threads ------------------------------------------------------------------------------------- */

enum { THREADS = 4, LINES = 200 };

static void *log_lines(void *name)
{
    for (int64_t i = 0; i < LINES; i++)
        weft_log_event(WEFT_LOG_INFO, name, WEFT_STR("counting"),
                       (weft_log_field[]){WEFT_FIELD_I64("i", i)}, 1);
    return NULL;
}

static void log_from_threads(void)
{
    pthread_t threads[THREADS];
    static char *const names[THREADS] = {"a", "b", "c", "d"};
    for (int i = 0; i < THREADS; i++)
        pthread_create(&threads[i], NULL, log_lines, names[i]);
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
}

static void test_threads_log_whole_lines(void **unused)
{
    (void)unused;
    const char *text = output(log_from_threads);
    assert_int_equal(count_lines(text), THREADS * LINES);
    for (const char *line = text; *line != '\0'; line = strchr(line, '\n') + 1) {
        assert_memory_equal(line, "{\"time\":\"", 9);
        assert_int_equal(strchr(line, '\n')[-1], '}');
    }
}

static void log_after_a_pause(void)
{
    weft_log(WEFT_LOG_INFO, "m", "one");
    weft_log_flush(weft_deadline_after(5 * WEFT_SECOND));
    sleep_ms(300); /* the writer has gone to sleep for good */
    weft_log(WEFT_LOG_INFO, "m", "two");
    sleep_ms(1000);
    _exit(0); /* no flush: the writer must have been woken by the line itself */
}

static void test_a_sleeping_writer_wakes(void **unused)
{
    (void)unused;
    assert_int_equal(count_lines(output(log_after_a_pause)), 2);
}

static void keep_errno(void)
{
    errno = ENOENT;
    weft_log(WEFT_LOG_ERROR, "m", "failed");
    if (errno != ENOENT)
        _exit(1);
}

static void test_errno_is_kept(void **unused)
{
    (void)unused;
    assert_int_equal(count_lines(output(keep_errno)), 1);
}

/* ---- sinks that fail ------------------------------------------------------------------------------ */

static void log_much(void)
{
    int64_t begin = weft_clock_now();
    for (int i = 0; i < 20000; i++)
        weft_log(WEFT_LOG_ERROR, "m", "line %d of many, each some hundred bytes long with its head",
                 i);
    /* Nobody reads: had one call waited for the sink, this would take forever. */
    if (weft_clock_now() - begin > 10 * WEFT_SECOND)
        _exit(1);
}

/* Nobody reads the pipe until the program is done: callers go on, exit gives up after its deadline. */
static void test_a_stuck_pipe_blocks_nobody(void **unused)
{
    (void)unused;
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    int64_t begin = weft_clock_now();
    assert_int_equal(finish(start(log_much, ends[1], -1)), 0);
    assert_true(weft_clock_now() - begin < 15 * WEFT_SECOND);
    close(ends[1]);
    close(ends[0]);
}

static void log_much_then_wait(void)
{
    log_much();
    weft_log_flush(weft_deadline_after(60 * WEFT_SECOND));
}

/* Every line is either there or counted as dropped. */
static void test_dropped_lines_are_counted(void **unused)
{
    (void)unused;
    static char text[8 << 20];
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    pid_t pid = start(log_much_then_wait, ends[1], ends[0]);
    close(ends[1]);
    sleep_ms(1500); /* slow enough to lose lines */
    read_all(ends[0], text, sizeof text);
    close(ends[0]);
    assert_int_equal(finish(pid), 0);
    size_t whole = 0, lost = 0;
    for (const char *line = text; *line != '\0'; line = strchr(line, '\n') + 1) {
        const char *report = strstr(line, "\"message\":\"");
        assert_non_null(report);
        unsigned long count;
        char was[8];
        if (sscanf(report, "\"message\":\"%lu log line%7s", &count, was) == 2)
            lost += count;
        else
            whole++;
    }
    assert_true(lost > 0);
    assert_int_equal(whole + lost, 20000);
    assert_non_null(strstr(text, "dropped: the sink is too slow"));
}

/* SIGPIPE has its default action here: it would kill the child. */
static void test_a_broken_pipe_is_ignored(void **unused)
{
    (void)unused;
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    close(ends[0]);
    assert_int_equal(finish(start(log_much, ends[1], -1)), 0);
    close(ends[1]);
}

static void test_a_closed_stderr_is_ignored(void **unused)
{
    (void)unused;
    assert_int_equal(finish(start(log_much, -1, -1)), 0);
}

/* A sink that someone made non-blocking is waited for, not given up. */
static void test_a_nonblocking_sink_loses_nothing(void **unused)
{
    (void)unused;
    static char text[1 << 20];
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    assert_int_equal(fcntl(ends[1], F_SETPIPE_SZ, 4096), 4096);
    assert_int_equal(fcntl(ends[1], F_SETFL, O_NONBLOCK), 0);
    pid_t pid = start(log_from_threads, ends[1], ends[0]);
    close(ends[1]);
    sleep_ms(200);
    read_all(ends[0], text, sizeof text);
    close(ends[0]);
    assert_int_equal(finish(pid), 0);
    assert_int_equal(count_lines(text), THREADS * LINES);
}

/* ---- a descriptor that is not the log's ------------------------------------------------------------ */

#define WITHOUT_STDERR "WEFT_TEST_WITHOUT_STDERR"

/* Started without stderr, so that the first socket gets descriptor 2: nothing may be written there. */
static int run_without_stderr(void)
{
    int ends[2];
    if (socketpair(AF_UNIX, SOCK_STREAM, 0, ends) != 0)
        return 3;
    if (ends[0] != STDERR_FILENO && ends[1] != STDERR_FILENO)
        return 4;
    weft_log(WEFT_LOG_ERROR, "m", "not for the peer");
    weft_log_flush(weft_deadline_after(5 * WEFT_SECOND));
    char byte;
    int other = ends[0] == STDERR_FILENO ? ends[1] : ends[0];
    return recv(other, &byte, 1, MSG_DONTWAIT) == -1 ? 0 : 5;
}

static void exec_without_stderr(void)
{
    char path[PATH_MAX]; /* valgrind is what /proc/self/exe runs, not what it names */
    setenv(WITHOUT_STDERR, "1", 1);
    if (realpath("/proc/self/exe", path) != NULL)
        execl(path, "test_log", (char *)NULL);
    _exit(9);
}

static void test_a_socket_with_descriptor_2_gets_no_log(void **unused)
{
    (void)unused;
    assert_int_equal(finish(start(exec_without_stderr, -1, -1)), 0);
}

int main(void)
{
    if (getenv(WITHOUT_STDERR) != NULL)
        return run_without_stderr();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_levels),
        cmocka_unit_test(test_an_unknown_level_is_said),
        cmocka_unit_test(test_form_follows_the_sink_and_the_environment),
        cmocka_unit_test(test_a_terminal_gets_colours_unless_told_not_to),
        cmocka_unit_test(test_threads_log_whole_lines),
        cmocka_unit_test(test_a_sleeping_writer_wakes),
        cmocka_unit_test(test_errno_is_kept),
        cmocka_unit_test(test_a_stuck_pipe_blocks_nobody),
        cmocka_unit_test(test_dropped_lines_are_counted),
        cmocka_unit_test(test_a_broken_pipe_is_ignored),
        cmocka_unit_test(test_a_closed_stderr_is_ignored),
        cmocka_unit_test(test_a_nonblocking_sink_loses_nothing),
        cmocka_unit_test(test_a_socket_with_descriptor_2_gets_no_log),
    };
    unsetenv("WEFT_LOG");
    unsetenv("WEFT_LOG_FORMAT");
    return cmocka_run_group_tests(tests, NULL, NULL);
}
