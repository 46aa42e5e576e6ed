/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * net/process.c: child processes. They are started by a thread of the blocking pool, for the
 * starter stands still until the program runs, and their end is an event of a pidfd. A child is
 * ours until its end has been fetched, which closing sees to, so none is left behind as a zombie.
 */
#include "net/stream.h"
#include <fcntl.h>
#include <runtime/park.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include <weft/process.h>

extern char **environ;

enum { STREAMS = 3 }; /* standard input, output, error */

struct weft_process {
    weft__source source; /* the pidfd */
    unsigned worker;
    int32_t pid;
    bool ended;         /* its end has been fetched */
    bool lost;          /* by somebody else: SIGCHLD is ignored, or wait() was called */
    weft_fiber *closer; /* waits for the end, deaf to everything else */
    weft_process_end end;
    weft_stream *streams[STREAMS]; /* our ends */
};

/* ---- standard streams ----------------------------------------------------------------------- */

/* Moves a descriptor out of the way of 0, 1 and 2, which the child's are copied to. */
static int above_standard(int fd)
{
    if (fd < 0 || fd >= STREAMS)
        return fd;
    int moved = fcntl(fd, F_DUPFD_CLOEXEC, STREAMS);
    int number = errno;
    close(fd);
    errno = number;
    return moved;
}

static weft_error open_null(int *child)
{
    *child = above_standard(open("/dev/null", O_RDWR | O_CLOEXEC));
    return *child < 0 ? weft_error_from_errno(errno) : WEFT_OK;
}

/* Only our end does not block: the child expects a pipe as a shell makes them. */
static weft_error open_pipe(int *child, weft_stream **stream, bool is_input)
{
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) < 0)
        return weft_error_from_errno(errno);
    int ours = ends[is_input];
    weft_error error = WEFT_OK;
    *child = above_standard(ends[!is_input]);
    if (*child < 0 || fcntl(ours, F_SETFL, O_NONBLOCK) < 0) {
        error = weft_error_from_errno(errno);
        close(ours);
    } else {
        error = weft__stream_adopt_as(stream, ours,
                                      is_input ? WEFT__STREAM_WRITER : WEFT__STREAM_READER);
    }
    return error;
}

static weft_error open_standard(weft_process *process, const weft_process_options *options,
                                int child[STREAMS])
{
    const weft_process_stream wanted[STREAMS] = {options->in, options->out, options->err};
    for (int i = 0; i < STREAMS; i++) {
        if (wanted[i] == WEFT_PROCESS_PIPE)
            WEFT_TRY(open_pipe(&child[i], &process->streams[i], i == STDIN_FILENO));
        else if (wanted[i] == WEFT_PROCESS_NULL)
            WEFT_TRY(open_null(&child[i]));
    }
    return WEFT_OK;
}

static void close_child_ends(const int child[STREAMS])
{
    for (int i = 0; i < STREAMS; i++)
        if (child[i] >= 0)
            close(child[i]);
}

static void close_streams(weft_process *process)
{
    for (int i = 0; i < STREAMS; i++) {
        WEFT_TAKES(process->streams[i]);
        weft_stream_close(process->streams[i]);
        process->streams[i] = NULL;
    }
}

/* ---- starting ------------------------------------------------------------------------------- */

struct start {
    const char *const *argv;
    const weft_process_options *options;
    const int *child; /* its ends of the streams; -1: inherited */
    int32_t pid;
    int pidfd;
    int number; /* 0, or errno */
};

/* 0, or errno. */
static int list_actions(posix_spawn_file_actions_t *actions, const struct start *start)
{
    int number = 0;
    for (int i = 0; i < STREAMS && number == 0; i++)
        if (start->child[i] >= 0)
            number = posix_spawn_file_actions_adddup2(actions, start->child[i], i);
    if (number == 0 && start->options->directory)
        number = posix_spawn_file_actions_addchdir_np(actions, start->options->directory);
    return number ? number : posix_spawn_file_actions_addclosefrom_np(actions, STREAMS);
}

static void set_signals(posix_spawnattr_t *attributes)
{
    sigset_t none, all;
    sigemptyset(&none);
    sigfillset(&all);
    posix_spawnattr_setsigmask(attributes, &none);
    posix_spawnattr_setsigdefault(attributes, &all);
    posix_spawnattr_setflags(attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
}

static int spawn(struct start *start)
{
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    char *const *argv = (char *const *)(uintptr_t)start->argv;
    char *const *environment = (char *const *)(uintptr_t)start->options->environment;
    posix_spawn_file_actions_init(&actions);
    posix_spawnattr_init(&attributes);
    set_signals(&attributes);
    int number = list_actions(&actions, start);
    if (number == 0)
        number = posix_spawnp(&start->pid, argv[0], &actions, &attributes, argv,
                              environment ? environment : environ);
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
    return number;
}

/* For a child that cannot be kept. Blocks for the moment that dying takes. */
static void destroy_child(int32_t pid)
{
    kill(pid, SIGKILL);
    while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
        continue;
}

static void run_start(void *arg)
{
    struct start *start = arg;
    start->number = spawn(start);
    if (start->number)
        return;
    start->pidfd = (int)syscall(SYS_pidfd_open, start->pid, 0); /* close-on-exec by itself */
    if (start->pidfd >= 0)
        return;
    start->number = errno;
    destroy_child(start->pid);
}

static void on_end(weft__source *source)
{
    weft_process *process = (weft_process *)(void *)source;
    weft_fiber *closer = process->closer;
    process->closer = NULL;
    if (closer)
        weft__unpark(closer);
}
_Static_assert(offsetof(weft_process, source) == 0, "on_end takes the source for the process");

static weft_error start_child(weft_process *process, struct start *start)
{
    WEFT_TRY(weft_blocking_run(run_start, start));
    if (start->number)
        return weft_error_from_errno(start->number);
    process->pid = start->pid;
    process->source = (weft__source){.fd = start->pidfd, .on_ready = on_end};
    weft_error error = weft__source_open(&process->source);
    if (error) {
        close(start->pidfd);
        destroy_child(start->pid);
    }
    return error;
}

weft_error weft_process_spawn(weft_process **process, const char *const *argv,
                              const weft_process_options *options)
{
    static const weft_process_options inherit_all = {0};
    int child[STREAMS] = {-1, -1, -1};
    struct start start = {
        .argv = argv, .options = options ? options : &inherit_all, .child = child};
    if (!weft_fiber_current() || !argv[0])
        return WEFT_INVALID;
    weft_process *started = calloc(1, sizeof *started);
    if (!started)
        return WEFT_NO_MEMORY;
    started->worker = weft_worker_index();
    weft_error error = open_standard(started, start.options, child);
    if (!error)
        error = start_child(started, &start);
    close_child_ends(child);
    if (error) {
        close_streams(started);
        free(started);
        return error;
    }
    *process = started;
    return WEFT_OK;
}

/* ---- using ---------------------------------------------------------------------------------- */

int32_t weft_process_pid(const weft_process *process)
{
    return process->pid;
}

weft_stream *weft_process_in(const weft_process *process)
{
    return process->streams[STDIN_FILENO];
}

weft_stream *weft_process_out(const weft_process *process)
{
    return process->streams[STDOUT_FILENO];
}

weft_stream *weft_process_err(const weft_process *process)
{
    return process->streams[STDERR_FILENO];
}

void weft_process_finish_in(weft_process *process)
{
    WEFT_TAKES(process->streams[STDIN_FILENO]);
    weft_stream_close(process->streams[STDIN_FILENO]);
    process->streams[STDIN_FILENO] = NULL;
}

weft_error weft_process_kill(weft_process *process, int signal)
{
    WEFT__ON_WORKER(process->worker);
    if (process->ended)
        return WEFT_NOT_FOUND;
    if (syscall(SYS_pidfd_send_signal, process->source.fd, signal, NULL, 0) < 0)
        return weft_error_from_errno(errno);
    return WEFT_OK;
}

/* ---- ending --------------------------------------------------------------------------------- */

static void fetch_end(weft_process *process)
{
    siginfo_t info = {0};
    int result;
    do
        result = waitid(P_PID, (id_t)process->pid, &info, WEXITED | WNOHANG);
    while (result < 0 && errno == EINTR);
    process->lost = result < 0;
    process->ended = process->lost || info.si_pid != 0;
    if (info.si_pid != 0 && info.si_code == CLD_EXITED)
        process->end.code = info.si_status;
    else if (info.si_pid != 0)
        process->end.signal = info.si_status;
}

static bool has_ended(weft_process *process)
{
    if (!process->ended)
        fetch_end(process);
    return process->ended;
}

weft_error weft_process_wait(weft_process *process, weft_process_end *end, int64_t deadline)
{
    WEFT__ON_WORKER(process->worker);
    weft__budget_take();
    while (!has_ended(process)) {
        weft__source_blocked(&process->source, WEFT__READABLE);
        WEFT_TRY(weft__source_wait(&process->source, WEFT__READABLE, deadline));
    }
    *end = process->end;
    return process->lost ? WEFT_NOT_FOUND : WEFT_OK;
}

static void await_end(weft_process *process)
{
    while (!has_ended(process)) {
        process->closer = weft_fiber_current();
        weft__park_shielded();
    }
}

void weft_process_close(weft_process *process)
{
    WEFT_GIVES(process);
    if (!process)
        return;
    WEFT__ON_WORKER(process->worker);
    close_streams(process);
    if (!has_ended(process)) {
        WEFT_LENT(process); /* until it is freed */
        weft_error error = weft_process_kill(process, SIGKILL);
        (void)error; /* it has ended just now */
        await_end(process);
    }
    weft__source_close(&process->source);
    close(process->source.fd);
    free(process);
}
