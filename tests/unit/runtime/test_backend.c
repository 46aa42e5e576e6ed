/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * test_backend.c: what workers wait with: how it is chosen, what happens where it is not allowed,
 * and what the reactor expects of either, descriptors used again above all. The other tests run
 * with either when the environment says so.
 */
#include "fibers.h"
#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <runtime/backend.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include <weft/log.h>
#include <weft/metrics.h>

static const char *const backends[] = {"epoll", "io_uring"};

static void note_reactor(void *arg)
{
    weft_runtime_metrics metrics;
    CHECK(weft_runtime_measure(&metrics));
    *(const char **)arg = metrics.reactor;
}

static const char *reactor_with(const char *wanted)
{
    const char *reactor = NULL;
    if (wanted)
        setenv("WEFT_REACTOR", wanted, 1);
    else
        unsetenv("WEFT_REACTOR");
    CHECK(weft_runtime_run(NULL, note_reactor, &reactor) == WEFT_OK);
    unsetenv("WEFT_REACTOR");
    return reactor;
}

/* ---- choosing --------------------------------------------------------------------------- */

static void epoll_is_usual(void **state)
{
    (void)state;
    assert_string_equal(reactor_with(NULL), "epoll");
    assert_string_equal(reactor_with("epoll"), "epoll");
}

static void io_uring_is_chosen_where_it_is(void **state)
{
    (void)state;
    const char *lacking = weft__uring_lacks();
    if (lacking)
        print_message("# io_uring is not tested: %s\n", lacking);
    assert_string_equal(reactor_with("io_uring"), lacking ? "epoll" : "io_uring");
}

static void nonsense_is_refused(void **state)
{
    (void)state;
    const char *reactor = NULL;
    setenv("WEFT_REACTOR", "kqueue", 1);
    assert_int_equal(weft_runtime_run(NULL, note_reactor, &reactor), WEFT_INVALID);
    assert_null(reactor);
    unsetenv("WEFT_REACTOR");
}

/* As the default profiles of container runtimes do. */
static void forbid_io_uring(void)
{
    struct sock_filter filter[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_io_uring_setup, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    struct sock_fprog program = {sizeof filter / sizeof *filter, filter};
    CHECK(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0);
    CHECK(prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0);
}

static _Noreturn void run_forbidden(int log)
{
    dup2(log, STDERR_FILENO);
    forbid_io_uring();
    CHECK(strcmp(reactor_with("io_uring"), "epoll") == 0);
    weft_log_flush(weft_deadline_after(5 * WEFT_SECOND));
    _exit(0);
}

static void the_log_says_why_not(void **state)
{
    (void)state;
    int ends[2], status;
    char text[1024] = "";
    assert_int_equal(pipe(ends), 0);
    pid_t child = fork();
    if (child == 0)
        run_forbidden(ends[1]);
    close(ends[1]);
    size_t len = 0;
    for (ssize_t got; (got = read(ends[0], text + len, sizeof text - 1 - len)) > 0;)
        len += (size_t)got;
    close(ends[0]);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    assert_non_null(strstr(text, "no io_uring: "));
    assert_non_null(strstr(text, "epoll takes its place"));
}

/* ---- what the reactor expects ----------------------------------------------------------- */

enum { MANY = 200, ROUNDS = 50 };

static void open_end(weft__source *source, int *peer)
{
    int ends[2];
    CHECK(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends) == 0);
    *source = (weft__source){.fd = ends[0]};
    CHECK(weft__source_open(source) == WEFT_OK);
    *peer = ends[1];
}

static void close_end(weft__source *source)
{
    char byte;
    (void)!recv(source->fd, &byte, 1, 0); /* what is left unread would make the end a reset */
    weft__source_close(source);
    close(source->fd);
}

static void await_input(weft__source *source)
{
    CHECK(weft__source_wait(source, WEFT__READABLE, weft_deadline_after(5 * WEFT_SECOND)) ==
          WEFT_OK);
}

/* The end is seen at once: nothing but the closed descriptor has held the connection open. */
static void expect_end(int peer)
{
    char byte;
    for (unsigned tries = 0; recv(peer, &byte, 1, 0) != 0; tries++) {
        CHECK(errno == EAGAIN && tries < 10);
        weft_yield();
    }
}

static void open_many(void *arg)
{
    (void)arg;
    static weft__source sources[MANY];
    static int peers[MANY];
    for (unsigned i = 0; i < MANY; i++)
        open_end(&sources[i], &peers[i]);
    for (unsigned i = 0; i < MANY; i++)
        CHECK(send(peers[i], "x", 1, 0) == 1);
    for (unsigned i = 0; i < MANY; i++)
        await_input(&sources[i]);
    for (unsigned i = 0; i < MANY; i++) {
        close_end(&sources[i]);
        expect_end(peers[i]);
        close(peers[i]);
    }
}

/* The same numbers again and again: nothing that was meant for the ones before reaches the next. */
static void reuse_descriptors(void *arg)
{
    (void)arg;
    for (unsigned i = 0; i < ROUNDS; i++) {
        weft__source source;
        int peer;
        open_end(&source, &peer);
        if (i % 2 == 0)
            weft_yield();
        CHECK(send(peer, "x", 1, 0) == 1);
        if (i % 3 == 0)
            await_input(&source);
        close_end(&source);
        expect_end(peer);
        close(peer);
        open_end(&source, &peer);
        (void)!weft_sleep(WEFT_MILLISECOND);
        CHECK(!(source.ready & WEFT__READABLE));
        close_end(&source);
        close(peer);
    }
}

static void run_with_each(weft_fiber_fn *fn)
{
    for (unsigned i = 0; i < sizeof backends / sizeof *backends; i++) {
        setenv("WEFT_REACTOR", backends[i], 1);
        run_with(1, fn, NULL);
        unsetenv("WEFT_REACTOR");
    }
}

static void many_descriptors_are_watched(void **state)
{
    (void)state;
    run_with_each(open_many);
}

static void descriptors_are_used_again(void **state)
{
    (void)state;
    run_with_each(reuse_descriptors);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_log_says_why_not), /* first: it forks */
        cmocka_unit_test(epoll_is_usual),
        cmocka_unit_test(io_uring_is_chosen_where_it_is),
        cmocka_unit_test(nonsense_is_refused),
        cmocka_unit_test(many_descriptors_are_watched),
        cmocka_unit_test(descriptors_are_used_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
