/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * runtime/backtrace.h: the stack of a fiber, walked by a signal handler on the fiber's own thread:
 * because another thread asks for it, or because the fiber has crashed. It follows frame pointers,
 * which is all that is safe in a handler that may interrupt anything; functions compiled without
 * them are left out.
 */
#ifndef WEFT_RUNTIME_BACKTRACE_H
#define WEFT_RUNTIME_BACKTRACE_H

#include <pthread.h>
#include <ucontext.h>
#include <weft/runtime.h>

#define WEFT__BACKTRACE_FRAMES 24                      /* innermost first */
#define WEFT__BACKTRACE_WAIT   (50 * WEFT_MILLISECOND) /* for the thread to answer */
#define WEFT__BACKTRACE_TEXT   2048                    /* bytes of the text at most */

typedef struct weft__backtrace {
    const char *name; /* of the fiber; NULL when the thread did not answer */
    void *frames[WEFT__BACKTRACE_FRAMES];
    unsigned count;
} weft__backtrace;

void weft__backtrace_install(void); /* around the runtime: catches SIGURG */
void weft__backtrace_remove(void);

/* Asks the thread, which must not be joined meanwhile, what `fiber` does there. One caller at a
 * time. Nothing is found when the fiber has gone on, or the thread does not answer in time. */
void weft__backtrace_ask(weft__backtrace *trace, pthread_t thread, const weft_fiber *fiber);

/* In a signal handler that has interrupted `fiber`: where it was. */
void weft__backtrace_walk(weft__backtrace *trace, const weft_fiber *fiber,
                          const ucontext_t *machine);

/* "function+0x1f program+0x12f4 ...", the latter for addr2line; returns `text`. */
weft_str weft__backtrace_format(const weft__backtrace *trace, char text[WEFT__BACKTRACE_TEXT]);

#endif
