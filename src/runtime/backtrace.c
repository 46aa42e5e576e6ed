/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * runtime/backtrace.c: the stack of a fiber that runs on another thread.
 *
 * Protocol. `state` goes from IDLE to ASKED by who asks; from there to ANSWERING by the handler, or
 * back to IDLE by who asks and has waited for long enough; from ANSWERING to ANSWERED by the
 * handler. So the two never touch `answer` at the same time, however late the signal comes.
 */
#include "runtime/backtrace.h"
#include "runtime/stack.h"
#include <dlfcn.h>
#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <time.h>

#define ASKING SIGURG /* is ignored by programs that do not ask for it */
#define PAUSE  (WEFT_MILLISECOND / 4)

enum { IDLE, ASKED, ANSWERING, ANSWERED };

static _Atomic unsigned state;
static const weft_fiber *asked_for;
static weft__backtrace answer;
static struct sigaction previous;

/* ---- the handler ------------------------------------------------------------------------- */

typedef struct frame {
    const struct frame *outer;
    void *returns_to;
} frame;

static void add(weft__backtrace *trace, void *address)
{
    if (trace->count < WEFT__BACKTRACE_FRAMES && address)
        trace->frames[trace->count++] = address;
}

static bool lies_on(const weft_fiber *fiber, const frame *at)
{
    uintptr_t address = (uintptr_t)at;
    return address >= (uintptr_t)fiber->stack && address <= (uintptr_t)fiber - sizeof *at &&
           address % sizeof(void *) == 0;
}

/* What lies there, if that is on the stack: nothing of it need be a frame. */
__attribute__((no_sanitize("address", "thread"))) static bool
read_frame(const weft_fiber *fiber, const frame *at, frame *copy)
{
    if (!lies_on(fiber, at))
        return false;
    *copy = *at;
    WEFT__TRACE_KNOWN(*copy);
    return true;
}

/* Each frame lies above the one that it has called. */
static void follow(weft__backtrace *trace, const weft_fiber *fiber, const frame *at)
{
    for (frame one; read_frame(fiber, at, &one); at = one.outer) {
        add(trace, one.returns_to);
        if (one.outer <= at)
            return;
    }
}

/* The C library keeps no frame pointers: within abort() there is none to begin with. Then the first
 * place of the stack that looks like a frame below another one. */
static const frame *search(const weft_fiber *fiber, uintptr_t sp)
{
    frame one, outer;
    for (const frame *at = (const frame *)(sp & ~(sizeof sp - 1)); read_frame(fiber, at, &one);
         at = (const frame *)((uintptr_t)at + sizeof sp))
        if (one.outer > at && one.returns_to && read_frame(fiber, one.outer, &outer) &&
            outer.outer > one.outer && lies_on(fiber, outer.outer))
            return at;
    return NULL;
}

void weft__backtrace_walk(weft__backtrace *trace, const weft_fiber *fiber,
                          const ucontext_t *machine)
{
#if defined(__x86_64__)
    uintptr_t at = (uintptr_t)machine->uc_mcontext.gregs[REG_RIP];
    uintptr_t base = (uintptr_t)machine->uc_mcontext.gregs[REG_RBP];
    uintptr_t sp = (uintptr_t)machine->uc_mcontext.gregs[REG_RSP];
#else
    uintptr_t at = machine->uc_mcontext.pc;
    uintptr_t base = machine->uc_mcontext.regs[29];
    uintptr_t sp = machine->uc_mcontext.sp;
#endif
    trace->count = 0;
    trace->name = weft_fiber_name(fiber);
    add(trace, (void *)at);
    follow(trace, fiber,
           lies_on(fiber, (const frame *)base) ? (const frame *)base : search(fiber, sp));
}

static void on_signal(int number, siginfo_t *info, void *machine)
{
    int saved = errno;
    unsigned expected = ASKED;
    if (atomic_compare_exchange_strong(&state, &expected, ANSWERING)) {
        answer = (weft__backtrace){0};
        if (weft__fiber_running() == asked_for)
            weft__backtrace_walk(&answer, asked_for, machine);
        atomic_store(&state, ANSWERED);
    } else if (previous.sa_flags & SA_SIGINFO) {
        previous.sa_sigaction(number, info, machine);
    } else if (previous.sa_handler != SIG_DFL && previous.sa_handler != SIG_IGN) {
        previous.sa_handler(number);
    }
    errno = saved;
}

void weft__backtrace_install(void)
{
    struct sigaction action = {.sa_sigaction = on_signal,
                               .sa_flags = SA_SIGINFO | SA_ONSTACK | SA_RESTART};
    sigemptyset(&action.sa_mask);
    sigaction(ASKING, &action, &previous);
}

void weft__backtrace_remove(void)
{
    sigaction(ASKING, &previous, NULL);
}

/* ---- asking ------------------------------------------------------------------------------ */

void weft__backtrace_ask(weft__backtrace *trace, pthread_t thread, const weft_fiber *fiber)
{
    const struct timespec pause = {.tv_nsec = PAUSE};
    unsigned expected = ASKED;
    *trace = (weft__backtrace){0};
    asked_for = fiber;
    atomic_store(&state, ASKED);
    pthread_kill(thread, ASKING);
    for (int64_t waited = 0; waited < WEFT__BACKTRACE_WAIT; waited += PAUSE) {
        if (atomic_load(&state) == ANSWERED)
            break;
        nanosleep(&pause, NULL);
    }
    if (atomic_compare_exchange_strong(&state, &expected, IDLE))
        return;
    while (atomic_load(&state) != ANSWERED)
        nanosleep(&pause, NULL);
    *trace = answer;
    atomic_store(&state, IDLE);
}

static const char *file_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

/* A call returns behind itself, perhaps into the next function: it is looked up one byte before. */
static int format_one(char *to, size_t room, void *address, bool innermost)
{
    Dl_info found = {0};
    char *at = address;
    if (dladdr(innermost ? at : at - 1, &found) == 0)
        return snprintf(to, room, "%p ", address);
    if (found.dli_sname)
        return snprintf(to, room, "%s+0x%zx ", found.dli_sname,
                        (size_t)(at - (char *)found.dli_saddr));
    return snprintf(to, room, "%s+0x%zx ", file_name(found.dli_fname),
                    (size_t)(at - (char *)found.dli_fbase));
}

weft_str weft__backtrace_format(const weft__backtrace *trace, char text[WEFT__BACKTRACE_TEXT])
{
    size_t len = 0;
    for (unsigned i = 0; i < trace->count; i++) {
        int more = format_one(text + len, WEFT__BACKTRACE_TEXT - len, trace->frames[i], i == 0);
        if (more < 0 || (size_t)more >= WEFT__BACKTRACE_TEXT - len)
            break;
        len += (size_t)more;
    }
    return (weft_str){text, len > 0 ? len - 1 : 0};
}
