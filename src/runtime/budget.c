/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * runtime/budget.c: what happens when a fiber has used up its budget.
 */
#include "runtime/budget.h"
#include "runtime/hold.h"
#include "runtime/worker.h"

_Thread_local uint32_t weft__budget __attribute__((tls_model("initial-exec")));

/* Nothing here may touch the thread's budget after the fiber has given way: the worker has renewed
 * it, and another thread may carry it. */
WEFT_COLD void weft__budget_used_up(void)
{
    weft_fiber *self = weft__fiber_running();
    if (!self) {
        weft__budget = WEFT_BUDGET;
        return;
    }
    WEFT__HOLD_WORKER();
    weft__count(&weft__fiber_worker(self)->counters.turns_given, 1);
    weft_yield();
}

__attribute__((noinline)) void weft__budget_take_many(uint32_t cost)
{
    if (WEFT_LIKELY(cost < weft__budget))
        weft__budget -= cost;
    else
        weft__budget_used_up();
}
