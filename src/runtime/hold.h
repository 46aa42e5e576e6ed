/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * runtime/hold.h: who may use what belongs to a worker. While the library's own code runs, the
 * worker is held, and what belongs to it is used without locks. While the user's code runs the
 * worker is loose: if that does not come back for long, another thread adopts the worker and runs
 * its other fibers. So every function that user's code can call, and that uses what belongs to a
 * worker (its reactor's sources, its slots, anything that "only fibers of this worker touch"),
 * takes hold first and keeps it to its end:
 *
 *     WEFT__HOLD_WORKER();
 *
 * Holding may have to wait until the worker has been given back, so no lock may be held before it
 * that another fiber of the worker may wait for in place. The protocol is in runtime/carrier.h.
 */
#ifndef WEFT_RUNTIME_HOLD_H
#define WEFT_RUNTIME_HOLD_H

#include <weft/runtime.h>

/* Around the user's code, in a fiber: the worker is loose; and is held again. Both may be called
 * by any thread and do nothing outside fibers. */
void weft__loosen(void);

/* The running fiber if its worker was loose; NULL when it was held already, and outside fibers. */
weft_fiber *weft__hold(void);

/* Undoes weft__hold, with what it returned. The fiber may be on another thread than then. */
void weft__let_go(weft_fiber *was_loose);

static inline void weft__hold_end(weft_fiber **was_loose)
{
    if (*was_loose)
        weft__let_go(*was_loose);
}

/* Holds the worker to the end of the block; where a declaration may stand. */
#define WEFT__HOLD_WORKER() \
    weft_fiber *weft__was_loose __attribute__((cleanup(weft__hold_end), unused)) = weft__hold()

/* At the root of what belongs to a worker: ends the program when a caller has forgotten the above.
 * In debug builds without benchmarks. */
#ifdef WEFT__CHECKED
void weft__check_held(void);
#define WEFT__CHECK_HELD() weft__check_held()
#else
#define WEFT__CHECK_HELD() ((void)0)
#endif

#endif
