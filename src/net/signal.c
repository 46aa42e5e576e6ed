/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * net/signal.c: signals as events. The handler notes the signal in its object and rings the
 * object's eventfd. A handler and not a signalfd: that would need the signal blocked in every
 * thread, also those that other libraries start, and children would inherit the mask.
 *
 * Protocol. `owners` says whose a signal is. The handler counts itself in `handling` before it
 * looks there; closing takes the object out and then waits until nobody is counted, both
 * sequentially consistent, so that no handler is left that has seen the object. Noting comes before
 * ringing, and the waiter looks for notes after each ring, so none is lost.
 */
#include "net/stream.h"
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>
#include <weft/process.h>

#define LAST_SIGNAL 64 /* and bit n - 1 of `pending` stands for signal n */

struct caught {
    int number;
    struct sigaction before;
};

struct weft_signal {
    weft__source source; /* the eventfd */
    bool registered;     /* with the worker that waits */
    unsigned worker;
    _Atomic uint64_t pending;
    size_t count;
    struct caught caught[];
};

static _Atomic(weft_signal *) owners[LAST_SIGNAL + 1];
static _Atomic unsigned handling;

static void ring(const weft_signal *signal)
{
    const uint64_t one = 1;
    ssize_t written = write(signal->source.fd, &one, sizeof one);
    (void)written; /* fails only after 2^64 signals */
}

static void on_signal(int number)
{
    int saved = errno;
    atomic_fetch_add(&handling, 1);
    weft_signal *signal = atomic_load(&owners[number]);
    if (signal) {
        atomic_fetch_or(&signal->pending, UINT64_C(1) << (number - 1));
        ring(signal);
    }
    atomic_fetch_sub(&handling, 1);
    errno = saved;
}

/* ---- opening and closing -------------------------------------------------------------------- */

static bool may_be_caught(int number)
{
    switch (number) {
    case SIGKILL:
    case SIGSTOP:
    case SIGSEGV:
    case SIGBUS:
    case SIGFPE:
    case SIGILL: return false;
    default: return number >= 1 && number <= LAST_SIGNAL;
    }
}

/* On the stack for signals where the thread has one: a fiber's own may be small. */
static weft_error catch_one(weft_signal *signal, int number)
{
    if (!may_be_caught(number))
        return WEFT_INVALID;
    weft_signal *nobody = NULL;
    if (!atomic_compare_exchange_strong(&owners[number], &nobody, signal))
        return WEFT_BUSY;
    struct caught *caught = &signal->caught[signal->count];
    struct sigaction action = {.sa_handler = on_signal, .sa_flags = SA_RESTART | SA_ONSTACK};
    caught->number = number;
    if (sigaction(number, &action, &caught->before) < 0) {
        atomic_store(&owners[number], NULL);
        return WEFT_INVALID; /* one that the C library keeps to itself */
    }
    signal->count++;
    return WEFT_OK;
}

static void release_all(weft_signal *signal)
{
    for (size_t i = signal->count; i-- > 0;) {
        sigaction(signal->caught[i].number, &signal->caught[i].before, NULL);
        atomic_store(&owners[signal->caught[i].number], NULL);
    }
    while (atomic_load(&handling))
        sched_yield();
}

weft_error weft_signal_open(weft_signal **signal, const int *numbers, size_t count)
{
    if (count == 0 || count > LAST_SIGNAL)
        return WEFT_INVALID;
    weft_signal *opened = calloc(1, sizeof *opened + count * sizeof opened->caught[0]);
    if (!opened)
        return WEFT_NO_MEMORY;
    weft_error error = WEFT_OK;
    opened->source.fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (opened->source.fd < 0) {
        error = weft_error_from_errno(errno);
        goto release;
    }
    for (size_t i = 0; i < count && !error; i++)
        error = catch_one(opened, numbers[i]);
    if (error)
        goto close;
    *signal = opened;
    return WEFT_OK;
close:
    release_all(opened);
    close(opened->source.fd);
release:
    free(opened);
    return error;
}

void weft_signal_close(weft_signal *signal)
{
    WEFT_GIVES(signal);
    if (!signal)
        return;
    release_all(signal);
    if (signal->registered) {
        weft__assert_on(signal->worker);
        weft__source_close(&signal->source);
    }
    close(signal->source.fd);
    free(signal);
}

/* ---- waiting -------------------------------------------------------------------------------- */

static weft_error join_worker(weft_signal *signal)
{
    if (signal->registered) {
        weft__assert_on(signal->worker);
        return WEFT_OK;
    }
    WEFT_TRY(weft__source_open(&signal->source));
    signal->registered = true;
    signal->worker = weft_worker_index();
    return WEFT_OK;
}

/* The eventfd is never read: each ring is an edge. */
weft_error weft_signal_wait(weft_signal *signal, int *number, int64_t deadline)
{
    WEFT__HOLD_WORKER();
    WEFT_TRY(join_worker(signal));
    weft__budget_take();
    for (;;) {
        uint64_t pending = atomic_load(&signal->pending);
        if (pending) {
            *number = __builtin_ctzll(pending) + 1;
            atomic_fetch_and(&signal->pending, ~(UINT64_C(1) << (*number - 1)));
            return WEFT_OK;
        }
        weft__source_blocked(&signal->source, WEFT__READABLE);
        WEFT_TRY(weft__source_wait(&signal->source, WEFT__READABLE, deadline));
    }
}
