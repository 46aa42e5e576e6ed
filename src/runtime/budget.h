/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * runtime/budget.h: what a fiber may do before others have their turn. Every operation that could
 * wait takes from the budget first, whether it then waits or not; when the budget is used up, it
 * gives way before it does anything else. So a fiber whose waits never have to wait cannot keep its
 * worker. For the rooms above; not public.
 *
 * The budget is the thread's: a worker renews it whenever it resumes a fiber, so it costs a waiting
 * fiber nothing, and an operation one subtraction in memory that is always warm.
 */
#ifndef WEFT_RUNTIME_BUDGET_H
#define WEFT_RUNTIME_BUDGET_H

#include <weft/runtime.h>

extern _Thread_local uint32_t weft__budget __attribute__((tls_model("initial-exec")));

/* Gives way; outside fibers, where nobody can, merely begins anew. */
void weft__budget_used_up(void);

/* For one operation, at its very beginning. Suspends. Not in a loop around a wait: the compiler may
 * keep the address of a thread-local, and another thread may carry the worker by then. */
static inline void weft__budget_take(void)
{
    if (WEFT_UNLIKELY(--weft__budget == 0))
        weft__budget_used_up();
}

/* The same in two parts, for operations whose usual path calls nothing: false sends it to the
 * other, which begins with `settle`. */
static inline bool weft__budget_lasts(void)
{
    return --weft__budget != 0;
}

static inline void weft__budget_settle(void)
{
    if (weft__budget == 0)
        weft__budget_used_up();
}

/* For what makes a system call: `cost` operations, mostly WEFT_BUDGET_CALL. Loops may use it. */
void weft__budget_take_many(uint32_t cost);

#endif
