/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * runtime/crash.h: what becomes of a fault (SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP) or an
 * abort(). Without a rescuer it ends the process, as ever; a stack overflow is named. With one, a
 * fault in the user's code of a fiber that the rescuer answers for, or of a scope's child, ends
 * that fiber alone. The fiber's stack is kept until the runtime ends, for others may hold pointers
 * into it.
 *
 * Protocol. The handler runs on the signal stack of the thread that has faulted. It decides from
 * memory that only this thread writes, notes in the carrier what happened, and makes the
 * interrupted thread go on in the worker's loop instead of in the fiber; there, outside of any
 * handler, the fiber is buried. docs/internals/crashes.md says why each step may be done where it
 * is done.
 */
#ifndef WEFT_RUNTIME_CRASH_H
#define WEFT_RUNTIME_CRASH_H

#include "runtime/backtrace.h"

/* Bytes of stacks and request memory that crashed fibers may leave behind: beyond it a fault ends
 * the process. */
#define WEFT__BURIED_MAX (16u << 20)

typedef struct weft__crash {
    int signal;
    bool overflow;       /* of the stack */
    const void *address; /* that was touched, or of the instruction; of abort() NULL */
    uintptr_t sp;
    weft__backtrace trace;
} weft__crash;

/* Who answers for fibers that crash. */
typedef struct weft__rescuer {
    bool (*serves)(
        const weft_fiber *fiber);      /* in the signal handler: whether it does for this one */
    void (*hear)(void);                /* in the signal handler: there is a crash */
    bool (*rescue)(weft_fiber *fiber); /* in the loop of the fiber's worker; false: it could not */
} weft__rescuer;

/* From now on, or NULL: nobody any more. Crashes of scopes' children are heard of, too. */
void weft__crash_isolate(const weft__rescuer *rescuer);

/* Around the runtime. `remove` gives back what crashed fibers have left. */
void weft__crash_install(void);
void weft__crash_remove(void);

/* More memory is kept for a crashed fiber. */
void weft__crash_keep(size_t bytes);

#endif
