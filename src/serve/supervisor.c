/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * serve/supervisor.c: the process that starts the serving ones. One thread, one loop over signals
 * (as a descriptor) and what the children say; all it decides is in `keep_up`, which compares what
 * there is with what there should be.
 *
 * A child starts, serves, and some day leaves: it has crashed, or everybody is to be renewed. One
 * that leaves still serves, until another one does in its place; then it is relieved and drains.
 */
#include "base/errno.h"
#include "net/address.h"
#include "net/stream.h"
#include "serve/supervise.h"
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>
#include <weft/log.h>

#define STEADY        (500 * WEFT_MILLISECOND) /* served for less: the next one has to wait */
#define FIRST_PAUSE   (50 * WEFT_MILLISECOND)  /* doubled for each further one ... */
#define LONGEST_PAUSE (5 * WEFT_SECOND)        /* ... up to this */
#define KILL_GRACE    (2 * WEFT_SECOND)        /* beyond what a child says it needs to end */
#define DRAINING_MAX  8                        /* relieved children; the oldest has to hurry */
#define CHILDREN_MAX  (2 * WEFT_SUPERVISE_MAX + DRAINING_MAX)

typedef enum phase { NONE, STARTING, SERVES, LEAVING, DRAINING } phase;

typedef struct child {
    pid_t pid;
    int wire;
    phase phase;
    int64_t since;    /* it is in this phase; LEAVING counts with SERVES */
    int64_t patience; /* from being relieved to its end, at most */
    bool hurried;
} child;

static struct {
    child children[CHILDREN_MAX];
    unsigned wanted;
    char **arguments;
    char program[PATH_MAX];
    int listener, signals;
    sigset_t mask;      /* before ours */
    unsigned failures;  /* children in a row that did not last */
    int64_t not_before; /* the next one is started */
    bool announced;     /* some child has served */
    unsigned stops;     /* signals to stop */
    int status;
} self = {.listener = -1};

static unsigned count(phase which)
{
    unsigned found = 0;
    for (unsigned i = 0; i < CHILDREN_MAX; i++)
        found += self.children[i].phase == which;
    return found;
}

/* The child that has been in this phase for longest, or NULL. */
static child *oldest(phase which)
{
    child *found = NULL;
    for (unsigned i = 0; i < CHILDREN_MAX; i++) {
        child *one = &self.children[i];
        if (one->phase == which && (found == NULL || one->since < found->since))
            found = one;
    }
    return found;
}

/* ---- starting -------------------------------------------------------------------------------- */

static bool is_ours(const char *variable)
{
    return strncmp(variable, "WEFT_SUPERVISE=", 15) == 0 ||
           (self.announced && strncmp(variable, "WEFT_READY_FD=", 14) == 0);
}

/* The environment of a child; `added` is one of its variables. NULL when there is no memory. */
static char **environment_with(char *added)
{
    size_t used = 0, all = 0;
    while (environ[all] != NULL)
        all++;
    char **variables = calloc(all + 2, sizeof *variables);
    if (variables == NULL)
        return NULL;
    for (size_t i = 0; i < all; i++)
        if (!is_ours(environ[i]))
            variables[used++] = environ[i];
    variables[used] = added;
    return variables;
}

/* In the new process: nothing but system calls, for another thread may have held a lock. A group of
 * its own: what the terminal sends to ours is passed on, and must not come twice. The program is
 * the file as it is now, so that a new version takes over with SIGHUP. */
static _Noreturn void become_child(pid_t parent, int wire, char **variables)
{
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    if (getppid() != parent)
        _exit(1);
    setpgid(0, 0);
    sigprocmask(SIG_SETMASK, &self.mask, NULL);
    fcntl(wire, F_SETFD, 0);
    if (self.listener >= 0)
        fcntl(self.listener, F_SETFD, 0);
    execve(self.program, self.arguments, variables);
    execve("/proc/self/exe", self.arguments, variables);
    _exit(127);
}

static void start(child *into, int64_t now)
{
    int ends[2];
    char told[64];
    pid_t parent = getpid();
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0)
        goto later;
    snprintf(told, sizeof told, "WEFT_SUPERVISED=%d,%d", ends[1], self.listener);
    char **variables = environment_with(told);
    pid_t pid = variables != NULL ? fork() : -1;
    if (pid == 0)
        become_child(parent, ends[1], variables);
    free(variables);
    close(ends[1]);
    if (pid > 0) {
        *into = (child){.pid = pid, .wire = ends[0], .phase = STARTING, .since = now};
        return;
    }
    close(ends[0]);
later:
    weft_log(WEFT_LOG_ERROR, "serve", "cannot start a process: %s",
             weft_error_text(weft_error_from_errno(errno)));
    self.not_before = now + LONGEST_PAUSE;
}

/* A child that served since `since` (0: never) does so no more, unasked. */
static void back_off(int64_t since, int64_t now)
{
    bool steady = since != 0 && now - since >= STEADY;
    self.failures = steady ? 0 : self.failures + 1;
    unsigned doublings = self.failures > 8 ? 8 : self.failures;
    int64_t pause = doublings > 0 ? FIRST_PAUSE << (doublings - 1) : 0;
    self.not_before = now + (pause < LONGEST_PAUSE ? pause : LONGEST_PAUSE);
}

/* ---- what there should be -------------------------------------------------------------------- */

static void enter(child *one, phase next, int64_t now)
{
    one->phase = next;
    one->since = now;
}

/* The first child opens the listening socket, the others come after it. */
static void start_missing(int64_t now)
{
    unsigned most = self.listener >= 0 ? self.wanted : 1;
    for (unsigned have = count(STARTING) + count(SERVES); have < most; have++) {
        child *free_one = oldest(NONE);
        if (now < self.not_before || free_one == NULL)
            return;
        start(free_one, now);
    }
}

static void relieve(int64_t now)
{
    const weft__message message = {.word = WEFT__WORD_RELIEVED};
    child *one;
    while (count(SERVES) >= self.wanted && (one = oldest(LEAVING)) != NULL) {
        (void)!send(one->wire, &message, sizeof message, MSG_NOSIGNAL | MSG_DONTWAIT);
        enter(one, DRAINING, now);
    }
}

static void hurry(int64_t now)
{
    child *slowest = oldest(DRAINING);
    if (slowest != NULL && !slowest->hurried && count(DRAINING) > DRAINING_MAX) {
        slowest->hurried = true;
        kill(slowest->pid, SIGTERM);
    }
    if (slowest != NULL && now - slowest->since >= slowest->patience + KILL_GRACE)
        kill(slowest->pid, SIGKILL);
}

static void keep_up(int64_t now)
{
    if (self.stops == 0) {
        start_missing(now);
        relieve(now);
    }
    hurry(now);
}

/* Milliseconds until keep_up has something to do without news. */
static int until_next(int64_t now)
{
    const child *slowest = oldest(DRAINING);
    if (self.stops == 0 && count(STARTING) + count(SERVES) < self.wanted && now < self.not_before)
        return (int)((self.not_before - now) / WEFT_MILLISECOND) + 1;
    return slowest != NULL ? (int)(WEFT_SECOND / WEFT_MILLISECOND) : -1;
}

/* ---- what children say ----------------------------------------------------------------------- */

static void take_listener(struct msghdr *letter)
{
    const struct cmsghdr *header = CMSG_FIRSTHDR(letter);
    if (header == NULL || header->cmsg_type != SCM_RIGHTS)
        return;
    if (self.listener >= 0)
        close(self.listener);
    memcpy(&self.listener, CMSG_DATA(header), sizeof self.listener);
}

/* Whoever waited for the address has it. */
static void announce(void)
{
    const char *text = getenv("WEFT_READY_FD");
    int64_t fd;
    if (!self.announced && text != NULL && weft_text_to_i64(weft_str_from(text), 0, INT_MAX, &fd))
        close((int)fd);
    self.announced = true;
}

static void obey(child *one, const weft__message *message, int64_t now)
{
    if (message->word == WEFT__WORD_SERVES && one->phase == STARTING) {
        one->patience = message->patience;
        enter(one, SERVES, now);
        announce();
    } else if (message->word == WEFT__WORD_CRASHED && one->phase == SERVES) {
        weft_log(WEFT_LOG_WARN, "serve",
                 "process %d is to end, for a handler has crashed; another one takes over",
                 (int)one->pid);
        back_off(one->since, now);
        one->phase = LEAVING;
    }
}

static void listen_to(child *one, int64_t now)
{
    weft__message message;
    _Alignas(struct cmsghdr) char control[CMSG_SPACE(sizeof(int))];
    struct iovec part = {.iov_base = &message, .iov_len = sizeof message};
    struct msghdr letter = {.msg_iov = &part,
                            .msg_iovlen = 1,
                            .msg_control = control,
                            .msg_controllen = sizeof control};
    while (recvmsg(one->wire, &letter, MSG_DONTWAIT | MSG_CMSG_CLOEXEC) == sizeof message) {
        if (message.word == WEFT__WORD_LISTENS)
            take_listener(&letter);
        else
            obey(one, &message, now);
        letter.msg_controllen = sizeof control;
    }
}

/* ---- how children end ------------------------------------------------------------------------ */

static void say_ended(pid_t pid, int status)
{
    if (WIFSIGNALED(status))
        weft_log(WEFT_LOG_ERROR, "serve", "process %d was ended by signal %d", (int)pid,
                 WTERMSIG(status));
    else
        weft_log(WEFT_LOG_WARN, "serve", "process %d ended with status %d", (int)pid,
                 WEXITSTATUS(status));
}

static int exit_status(int status)
{
    return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

static void bid_farewell(child *one, int status, int64_t now)
{
    phase was = one->phase;
    int code = exit_status(status);
    listen_to(one, now); /* its last words */
    close(one->wire);
    one->phase = NONE;
    if (self.stops > 0) {
        if (was != DRAINING && was != STARTING && code != WEFT_EXIT_CRASHED && code > self.status)
            self.status = code;
        return;
    }
    if (was == DRAINING)
        return;
    if (!self.announced)
        exit(code); /* it could not even begin, and has said why */
    say_ended(one->pid, status);
    if (was != LEAVING)
        back_off(was == SERVES ? one->since : 0, now);
}

static void reap(int64_t now)
{
    int status;
    pid_t pid;
    while ((pid = waitpid(-1, &status, WNOHANG)) > 0)
        for (unsigned i = 0; i < CHILDREN_MAX; i++)
            if (self.children[i].phase != NONE && self.children[i].pid == pid)
                bid_farewell(&self.children[i], status, now);
}

/* ---- signals --------------------------------------------------------------------------------- */

/* A Unix socket's path goes with the socket. */
static void close_listener(void)
{
    struct sockaddr_storage name = {0};
    socklen_t len = sizeof name;
    if (self.listener < 0)
        return;
    if (getsockname(self.listener, (struct sockaddr *)&name, &len) == 0) {
        weft_address bound = weft__address_from_system(&name, len);
        weft__socket_unlink(&bound);
    }
    close(self.listener);
    self.listener = -1;
}

static void stop(void)
{
    int number = ++self.stops > 2 ? SIGKILL : SIGTERM;
    for (unsigned i = 0; i < CHILDREN_MAX; i++)
        if (self.children[i].phase != NONE)
            kill(self.children[i].pid, number);
    close_listener();
}

static void renew(int64_t now)
{
    weft_log(WEFT_LOG_INFO, "serve", "SIGHUP: new processes take over");
    for (unsigned i = 0; i < CHILDREN_MAX; i++)
        if (self.children[i].phase == SERVES)
            self.children[i].phase = LEAVING;
    self.failures = 0;
    self.not_before = now;
}

static void take_signals(int64_t now)
{
    struct signalfd_siginfo info;
    while (read(self.signals, &info, sizeof info) == sizeof info) {
        if (info.ssi_signo == SIGHUP)
            renew(now);
        else if (info.ssi_signo != SIGCHLD)
            stop();
    }
}

/* ---- the loop -------------------------------------------------------------------------------- */

static void await_news(void)
{
    struct pollfd all[1 + CHILDREN_MAX] = {{.fd = self.signals, .events = POLLIN}};
    for (unsigned i = 0; i < CHILDREN_MAX; i++) {
        const child *one = &self.children[i];
        bool may_speak = one->phase != NONE && one->phase != DRAINING;
        all[1 + i] = (struct pollfd){.fd = may_speak ? one->wire : -1, .events = POLLIN};
    }
    if (poll(all, 1 + CHILDREN_MAX, until_next(weft_clock_now())) <= 0)
        return;
    int64_t now = weft_clock_now();
    for (unsigned i = 0; i < CHILDREN_MAX; i++)
        if (all[1 + i].revents & POLLIN)
            listen_to(&self.children[i], now);
    take_signals(now);
    reap(now);
}

static void prepare(unsigned processes, char **arguments)
{
    sigset_t watched;
    self.wanted = processes;
    self.arguments = arguments;
    ssize_t len = readlink("/proc/self/exe", self.program, sizeof self.program - 1);
    self.program[len > 0 ? len : 0] = '\0';
    sigemptyset(&watched);
    sigaddset(&watched, SIGCHLD);
    sigaddset(&watched, SIGTERM);
    sigaddset(&watched, SIGINT);
    sigaddset(&watched, SIGHUP);
    sigprocmask(SIG_BLOCK, &watched, &self.mask);
    signal(SIGCHLD, SIG_DFL); /* who ignores it, as our parent may have, hears of no child's end */
    self.signals = signalfd(-1, &watched, SFD_NONBLOCK | SFD_CLOEXEC);
    prctl(PR_SET_NAME, "weft-supervisor");
}

_Noreturn void weft__supervisor_run(unsigned processes, char **arguments)
{
    prepare(processes, arguments);
    if (self.signals < 0) {
        weft_log(WEFT_LOG_ERROR, "serve", "cannot supervise: %s",
                 weft_error_text(weft_error_from_errno(errno)));
        exit(1);
    }
    for (;;) {
        keep_up(weft_clock_now());
        if (self.stops > 0 && count(NONE) == CHILDREN_MAX)
            break;
        await_news();
    }
    close_listener();
    weft_log_flush(weft_deadline_after(WEFT_SECOND));
    _exit(self.status);
}
