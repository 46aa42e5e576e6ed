/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * runtime/watchdog.h: a thread that looks for workers whose fiber does not come back, says in the
 * log which it is and where, and has them adopted.
 */
#ifndef WEFT_RUNTIME_WATCHDOG_H
#define WEFT_RUNTIME_WATCHDOG_H

#include <stdatomic.h>
#include <weft/runtime.h>

#define WEFT__WATCH_LOOKS 4 /* per `stuck_after`: so much later than that a worker may be found */
#ifndef WEFT__WATCH_QUIET
#define WEFT__WATCH_QUIET 40 /* looks at workers that all sleep, until it sleeps, too */
#endif

/* WEFT_OK also when nobody is to watch. */
weft_error weft__watchdog_open(const weft_runtime_options *options) WEFT_NODISCARD;
void weft__watchdog_close(void);

/* By a worker that has slept, after it has said that it does not any more. */
extern _Atomic bool weft__watchdog_asleep;
void weft__watchdog_wake(void);

static inline void weft__watchdog_stir(void)
{
    __atomic_signal_fence(__ATOMIC_SEQ_CST);
    if (WEFT_UNLIKELY(atomic_load_explicit(&weft__watchdog_asleep, memory_order_relaxed)))
        weft__watchdog_wake();
}

#endif
