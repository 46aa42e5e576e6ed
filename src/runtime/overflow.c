/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * runtime/overflow.c: says which fiber has run out of stack. The guard below a stack turns the
 * overflow into SIGSEGV; the handler runs on a stack of its own, recognises the guard of the
 * running fiber, reports, and lets the default action end the process. Every other fault goes to
 * the handler that was there before.
 */
#include "runtime/runtime.h"
#include <signal.h>
#include <unistd.h>

static struct sigaction previous;

static void put(const char *text)
{
    size_t len = strlen(text);
    if (write(STDERR_FILENO, text, len) < 0)
        return; /* nothing better can be done here */
}

static void put_number(size_t number)
{
    char digits[24], *at = digits + sizeof digits;
    *--at = '\0';
    do
        *--at = (char)('0' + number % 10);
    while (number /= 10);
    put(at);
}

static void report(const weft_fiber *fiber)
{
    put("weft: stack overflow in fiber ");
    put(fiber->name);
    put(" (stack size ");
    put_number(weft__stack_size());
    put(" bytes; raise stack_size)\n");
}

static bool hits_guard(const weft_fiber *fiber, const void *address)
{
    uintptr_t at = (uintptr_t)address, stack = (uintptr_t)fiber->stack;
    return at < stack && at >= stack - WEFT__STACK_GUARD;
}

static void on_fault(int number, siginfo_t *info, void *machine)
{
    weft_fiber *fiber = weft__fiber_running();
    bool overflow = fiber && info->si_code > 0 && hits_guard(fiber, info->si_addr);
    if (!overflow && (previous.sa_flags & SA_SIGINFO)) {
        previous.sa_sigaction(number, info, machine);
        return;
    }
    if (!overflow && previous.sa_handler != SIG_DFL && previous.sa_handler != SIG_IGN) {
        previous.sa_handler(number);
        return;
    }
    if (overflow)
        report(fiber);
    /* The faulting instruction is run again and meets the default action; what was only sent to us
     * must be sent again. */
    signal(number, SIG_DFL);
    if (info->si_code <= 0)
        raise(number);
}

void weft__overflow_install(void)
{
    struct sigaction action = {.sa_sigaction = on_fault, .sa_flags = SA_SIGINFO | SA_ONSTACK};
    sigemptyset(&action.sa_mask);
    sigaction(SIGSEGV, &action, &previous);
}

void weft__overflow_remove(void)
{
    sigaction(SIGSEGV, &previous, NULL);
}
