/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * runtime/crash.c: the handler of faults, and what follows it in the worker's loop. The protocol is
 * in the header.
 */
#include "runtime/crash.h"
#include "base/guarded.h"
#include "runtime/carrier.h"
#include "runtime/runtime.h"
#include "runtime/scope.h"
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>
#include <weft/log.h>

#define RED_ZONE \
    256 /* bytes below a stack pointer that its function may use; more than any ABI's */

static const int faults[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP, SIGABRT};
enum { FAULTS = sizeof faults / sizeof faults[0] };

static struct sigaction previous[FAULTS];
static const weft__rescuer *_Atomic rescuer;

/* What crashed fibers have left. */
static struct {
    pthread_mutex_t lock;
    weft_fiber *first;
    _Atomic size_t bytes;
} buried = {.lock = PTHREAD_MUTEX_INITIALIZER};

/* ---- the last words of a process; in the handler --------------------------------------------- */

static void put(const char *text)
{
    size_t len = strlen(text);
    if (write(STDERR_FILENO, text, len) < 0)
        return; /* nothing better can be done here */
}

static void put_number(uintptr_t number, unsigned base)
{
    char digits[24], *at = digits + sizeof digits;
    *--at = '\0';
    do
        *--at = "0123456789abcdef"[number % base];
    while (number /= base);
    put(at);
}

static const char *name_of(int number)
{
    switch (number) {
    case SIGSEGV: return "SIGSEGV";
    case SIGBUS: return "SIGBUS";
    case SIGFPE: return "SIGFPE";
    case SIGILL: return "SIGILL";
    case SIGTRAP: return "SIGTRAP";
    default: return "SIGABRT";
    }
}

static void report_overflow(const weft_fiber *fiber)
{
    put("weft: stack overflow in fiber ");
    put(fiber->context.name);
    put(" (stack size ");
    put_number(weft__stack_size(), 10);
    put(" bytes; raise stack_size)\n");
}

static void report(int number, const siginfo_t *info, const weft_fiber *fiber)
{
    const char *owner;
    put("weft: ");
    put(name_of(number));
    put(" at 0x");
    put_number((uintptr_t)info->si_addr, 16);
    put(" in fiber ");
    put(fiber->context.name);
    if (weft__guarded_find(info->si_addr, &owner)) {
        put(": memory of ");
        put(owner);
        put(", used after its end; copy what is to live longer");
    }
    put("\n");
}

/* ---- deciding; in the handler ---------------------------------------------------------------- */

/* Of the running code's own doing, and not sent by somebody. */
static bool is_fault(int number, const siginfo_t *info)
{
    if (number == SIGABRT)
        return info->si_code == SI_TKILL && info->si_pid == getpid();
    return info->si_code > 0;
}

static bool hits_guard(const weft_fiber *fiber, const void *address)
{
    uintptr_t at = (uintptr_t)address, stack = (uintptr_t)fiber->stack;
    return at < stack && at >= stack - WEFT__STACK_GUARD;
}

static uintptr_t stack_pointer(const ucontext_t *machine)
{
#if defined(__x86_64__)
    return (uintptr_t)machine->uc_mcontext.gregs[REG_RSP];
#else
    return machine->uc_mcontext.sp;
#endif
}

/* Bytes of the fiber's mapping that are in use: live frames, and the fiber itself. */
static size_t live_bytes(const weft_fiber *fiber, uintptr_t sp)
{
    uintptr_t stack = (uintptr_t)fiber->stack;
    return (uintptr_t)(fiber + 1) - (sp > stack ? sp : stack);
}

/* Whether the fiber alone can end: it is in the user's code, on its own stack, somebody answers for
 * it, and what it leaves behind can be kept. */
static bool can_end_alone(const weft__carrier *self, const weft_fiber *fiber, uintptr_t sp)
{
#ifdef WEFT__TSAN
    return false; /* its runtime runs handlers in a way of its own, and they have to return */
#endif
    const weft__rescuer *who = atomic_load(&rescuer);
    uintptr_t stack = (uintptr_t)fiber->stack;
    return who && self->grip == WEFT__LOOSE && (who->serves(fiber) || weft__scope_owns(fiber)) &&
           sp >= stack - WEFT__STACK_GUARD && sp < (uintptr_t)fiber &&
           atomic_load(&buried.bytes) + live_bytes(fiber, sp) <= WEFT__BURIED_MAX;
}

/* ---- leaving the fiber; in the handler ------------------------------------------------------- */

/* The interrupted thread will call fn(fiber) on the stack that `machine` stands for, below what is
 * in use there. */
static void divert(ucontext_t *thread, const weft__machine *machine, void (*fn)(weft_fiber *fiber),
                   weft_fiber *fiber)
{
    uintptr_t top = ((uintptr_t)machine->sp - RED_ZONE) & ~(uintptr_t)15;
#if defined(__x86_64__)
    greg_t *registers = thread->uc_mcontext.gregs;
    uintptr_t *returns_to = (uintptr_t *)top - 1;
    *returns_to = 0; /* unwinders end here */
    registers[REG_RSP] = (greg_t)returns_to;
    registers[REG_RBP] = 0;
    registers[REG_RIP] = (greg_t)fn;
    registers[REG_RDI] = (greg_t)fiber;
    registers[REG_EFL] &= ~(greg_t)0x40400; /* direction and alignment check are off in C */
#else
    mcontext_t *registers = &thread->uc_mcontext;
    registers->sp = top;
    registers->regs[29] = registers->regs[30] = 0;
    registers->pc = (uintptr_t)fn;
    registers->regs[0] = (uintptr_t)fiber;
    registers->pstate &= ~(uint64_t)0xc00; /* no indirect branch is under way */
#endif
}

static void bury(weft_fiber *fiber);

static void leave(weft__carrier *self, weft_fiber *fiber, ucontext_t *thread)
{
    fiber->state = WEFT__FIBER_CRASHED;
    atomic_load(&rescuer)->hear();
    weft__trace_leave(&fiber->traces, &self->traces, true);
    divert(thread, &self->machine, bury, fiber);
}

/* The faulting instruction is run again and meets the default action; what was only sent to us must
 * be sent again, and abort() does that itself. */
static void pass_on(int number, siginfo_t *info, void *thread, bool silent)
{
    unsigned i = 0;
    while (faults[i] != number)
        i++;
    const struct sigaction *before = &previous[i];
    if (!silent && (before->sa_flags & SA_SIGINFO)) {
        before->sa_sigaction(number, info, thread);
        return;
    }
    if (!silent && before->sa_handler != SIG_DFL && before->sa_handler != SIG_IGN) {
        before->sa_handler(number);
        return;
    }
    signal(number, SIG_DFL);
    if (info->si_code <= 0 && number != SIGABRT)
        raise(number);
}

static void on_fault(int number, siginfo_t *info, void *thread)
{
    weft__carrier *self = weft__carrier_here;
    weft_fiber *fiber = weft__fiber_running();
    bool fault = fiber && fiber->state == WEFT__FIBER_RUNNING && is_fault(number, info);
    bool overflow = fault && number == SIGSEGV && hits_guard(fiber, info->si_addr);
    uintptr_t sp = stack_pointer(thread);
    if (fault && can_end_alone(self, fiber, sp)) {
        self->crash = (weft__crash){.signal = number,
                                    .overflow = overflow,
                                    .address = number == SIGABRT ? NULL : info->si_addr,
                                    .sp = sp};
        weft__backtrace_walk(&self->crash.trace, fiber, thread);
        leave(self, fiber, thread);
        return;
    }
    if (overflow)
        report_overflow(fiber);
    else if (fault && number != SIGABRT)
        report(number, info, fiber);
    pass_on(number, info, thread, overflow);
}

/* ---- burying; in the loop -------------------------------------------------------------------- */

static int describe(const weft__crash *crash, char *text, size_t room)
{
    const char *owner;
    if (crash->overflow)
        return snprintf(text, room, "stack overflow (stack size %zu bytes; raise stack_size)",
                        weft__stack_size());
    if (weft__guarded_find(crash->address, &owner))
        return snprintf(text, room,
                        "use of memory of %.60s after its end; copy what is to live longer", owner);
    switch (crash->signal) {
    case SIGABRT: return snprintf(text, room, "abort()");
    case SIGFPE: return snprintf(text, room, "SIGFPE, a division by zero or overflow");
    case SIGILL:
    case SIGTRAP: return snprintf(text, room, "%s, a trap", name_of(crash->signal));
    default: return snprintf(text, room, "%s, a wild access", name_of(crash->signal));
    }
}

static void say(const weft__crash *crash, const weft__worker *worker)
{
    char text[320], what[200], stack[WEFT__BACKTRACE_TEXT], address[2 + 16 + 1];
    describe(crash, what, sizeof what);
    int len = snprintf(text, sizeof text, "%.100s crashed: %s", crash->trace.name, what);
    int digits = snprintf(address, sizeof address, "0x%zx", (size_t)(uintptr_t)crash->address);
    const weft_log_field fields[] = {
        WEFT_FIELD_STR("fiber", weft_str_from(crash->trace.name)),
        WEFT_FIELD_I64("worker", worker->index),
        WEFT_FIELD_STR("signal", weft_str_from(name_of(crash->signal))),
        WEFT_FIELD_STR("address", ((weft_str){address, (size_t)digits})),
        WEFT_FIELD_STR("stack", weft__backtrace_format(&crash->trace, stack)),
    };
    weft_log_event(WEFT_LOG_ERROR, "runtime", (weft_str){text, (size_t)len}, fields,
                   sizeof fields / sizeof fields[0]);
}

/* Whoever was in the middle of malloc still has its lock: then this never returns, and whoever
 * watches over the workers ends the process. Larger than what malloc keeps for each thread. */
static void try_malloc(void)
{
    void *volatile piece = malloc(64u << 10);
    free(piece);
}

/* Below the stack pointer nothing is live. */
static void keep(weft_fiber *fiber, uintptr_t sp)
{
    uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
    uintptr_t stack = (uintptr_t)fiber->stack, live = sp - RED_ZONE;
    if (sp > stack + page + RED_ZONE)
        madvise(fiber->stack, (live - stack) & ~(page - 1), MADV_DONTNEED);
    weft__crash_keep(live_bytes(fiber, sp));
    atomic_fetch_or(&fiber->remote, WEFT__REMOTE_BURIED);
    pthread_mutex_lock(&buried.lock);
    fiber->next = buried.first;
    buried.first = fiber;
    pthread_mutex_unlock(&buried.lock);
}

/* Tells whoever waits for the fiber. */
static void tell(weft_fiber *fiber)
{
    if (weft__scope_owns(fiber)) {
        weft__ending *ending = atomic_load(&fiber->ending);
        ending->tell(ending);
        return;
    }
    if (!atomic_load(&rescuer)->rescue(fiber)) {
        put("weft: nobody can answer for the fiber that has crashed; the process ends\n");
        abort();
    }
}

/* Called on the thread's own stack, by nobody. The fiber was loose, so its worker may have been
 * taken: it comes back first. */
static void bury(weft_fiber *fiber)
{
    weft__carrier *self = weft__carrier_here;
    weft__machine unused;
    weft__trace_arrive(&self->traces, &fiber->traces);
    (void)!weft__hold_here(self);
    WEFT__PUBLISH(self->running, NULL);
    weft__context_switch(NULL);
    weft__worker *worker = self->worker;
    say(&self->crash, worker);
    try_malloc();
    keep(fiber, self->crash.sp);
    tell(fiber);
    weft__runtime_count(worker, -1);
    WEFT__PUBLISH(self->running, fiber); /* the loop looks at its state */
    weft__trace_leave(&self->traces, &self->traces, false);
    weft__machine_switch(&unused, &self->machine);
    __builtin_unreachable();
}

void weft__crash_keep(size_t bytes)
{
    atomic_fetch_add(&buried.bytes, bytes);
}

/* ---- life ------------------------------------------------------------------------------------ */

void weft__crash_isolate(const weft__rescuer *who)
{
    atomic_store(&rescuer, who);
}

static const char *what_runs(void)
{
    const weft_fiber *fiber = weft__fiber_running();
    return fiber ? fiber->context.name : "a thread";
}

void weft__crash_install(void)
{
    weft__guarded_owner = what_runs;
    struct sigaction action = {.sa_sigaction = on_fault, .sa_flags = SA_SIGINFO | SA_ONSTACK};
    sigemptyset(&action.sa_mask);
    for (unsigned i = 0; i < FAULTS; i++)
        sigaddset(&action.sa_mask, faults[i]);
    for (unsigned i = 0; i < FAULTS; i++)
        sigaction(faults[i], &action, &previous[i]);
}

void weft__crash_remove(void)
{
    for (unsigned i = 0; i < FAULTS; i++)
        sigaction(faults[i], &previous[i], NULL);
    while (buried.first) {
        weft_fiber *fiber = buried.first;
        buried.first = fiber->next;
        weft_arena_reset(&fiber->arena);
        weft__stack_discard(fiber);
    }
    atomic_store(&buried.bytes, 0);
}
