/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * weft/process.h: what a process hears and starts: signals as events to wait for, and child
 * processes. Objects belong to the worker they were opened on.
 */
#ifndef WEFT_PROCESS_H
#define WEFT_PROCESS_H

#include <weft/base.h>
#include <weft/net.h>

/* ---- signals -------------------------------------------------------------------------------- */

/* Signals that are caught and kept until somebody waits for them. Opaque. */
typedef struct WEFT_OWNED("signal") weft_signal weft_signal;

/* Catches the `count` signals of `numbers` (SIGHUP, SIGUSR1, ..) from now on, in whatever thread
 * they arrive; before, they do what they did. On any thread, also before the runtime runs; the
 * object belongs to the worker that first waits for it. WEFT_BUSY when another object catches
 * one of them; WEFT_INVALID for numbers that cannot be caught (SIGKILL, SIGSTOP) or are faults
 * of the program itself (SIGSEGV, SIGBUS, SIGFPE, SIGILL). weft_serve catches SIGTERM and SIGINT
 * itself. */
weft_error weft_signal_open(weft_signal **signal, const int *numbers, size_t count)
    WEFT_TRY_OPENS(*signal) WEFT_NODISCARD WEFT_NONNULL(1);

/* Waits for the next of them; the lowest number first when several have come. A signal that comes
 * again before it was waited for counts once. One fiber at a time (WEFT_BUSY). */
weft_error weft_signal_wait(weft_signal *signal, int *number, int64_t deadline) WEFT_USES(signal)
    WEFT_NODISCARD WEFT_NONNULL(1, 2);

/* The signals do again what they did before. NULL is a no-op. */
void weft_signal_close(weft_signal *signal) WEFT_CLOSES(signal);

/* ---- child processes ------------------------------------------------------------------------ */

/* A child process. Opaque. */
typedef struct WEFT_OWNED("process") weft_process weft_process;

/* Where a standard stream of the child goes. */
typedef enum weft_process_stream {
    WEFT_PROCESS_INHERIT, /* to where ours goes */
    WEFT_PROCESS_PIPE,    /* to a stream of the weft_process */
    WEFT_PROCESS_NULL,    /* to /dev/null */
} weft_process_stream;

typedef struct weft_process_options {
    weft_process_stream in, out, err;
    const char *directory;          /* NULL: ours */
    const char *const *environment; /* "NAME=value", .., NULL; NULL: ours */
} weft_process_options;

/* Starts the program argv[0], looked up in PATH when it has no slash, with the arguments argv,
 * which a NULL ends. The child gets its three standard streams and no other descriptor, no
 * blocked signal and default signal actions. `options` may be NULL. Suspends until the program
 * runs. WEFT_NOT_FOUND, WEFT_PERMISSION, WEFT_TOO_MANY_FILES, WEFT_LIMIT (arguments too long),
 * .. */
weft_error weft_process_spawn(weft_process **process, const char *const *argv,
                              const weft_process_options *options) WEFT_TRY_OPENS(*process)
    WEFT_NODISCARD WEFT_NONNULL(1, 2);

int32_t weft_process_pid(const weft_process *process) WEFT_USES(process) WEFT_NONNULL(1);

/* Our end of a stream that was asked for as a pipe: to write the child's input, to read its output;
 * else NULL. It goes with the process; finish_in ends the child's input earlier. */
weft_stream *weft_process_in(const weft_process *process) WEFT_USES(process) WEFT_NONNULL(1);
weft_stream *weft_process_out(const weft_process *process) WEFT_USES(process) WEFT_NONNULL(1);
weft_stream *weft_process_err(const weft_process *process) WEFT_USES(process) WEFT_NONNULL(1);
void weft_process_finish_in(weft_process *process) WEFT_USES(process) WEFT_NONNULL(1);

/* How a child has ended: it exited with `code`, or, when `signal` is not 0, that signal killed
 * it. */
typedef struct weft_process_end {
    int code;
    int signal;
} weft_process_end;

/* Waits for the end of the child. Again afterwards: the same answer, at once. Its output is read
 * first, or meanwhile by other fibers: a child whose pipe is full does not end. */
weft_error weft_process_wait(weft_process *process, weft_process_end *end, int64_t deadline)
    WEFT_USES(process) WEFT_NODISCARD WEFT_NONNULL(1, 2);

/* Sends the child a signal; WEFT_NOT_FOUND after its end was awaited. Never suspends. */
weft_error weft_process_kill(weft_process *process, int signal) WEFT_USES(process)
    WEFT_NODISCARD WEFT_NONNULL(1);

/* Closes the streams. A child that still runs is killed (SIGKILL) and its end awaited, whatever the
 * fiber's deadline and also when it is cancelled. No other fiber may use the process. NULL is a
 * no-op. */
void weft_process_close(weft_process *process) WEFT_CLOSES(process);

#endif
