/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * runtime/carrier.h: the OS threads that carry workers. Each worker has one of its own, its home.
 * When a fiber keeps the home from coming back, a spare thread adopts the worker and runs its other
 * fibers, until the home comes for it.
 *
 * Protocol. What belongs to a worker is touched only by the thread that carries it, and a thread in
 * the middle of that must not lose it. So each carrier says whether it holds its worker (in the
 * loop, and in the library) or is loose (in the user's code). Taking a worker away is rare and
 * holding it is not, so the taker pays for both:
 *
 *     holder: grip = HELD;  then reads `claimed`          (no barrier but for the compiler)
 *     taker:  claimed = true;  membarrier;  then reads `grip`
 *
 * membarrier makes every running thread of the process pass a full barrier. If the holder passes it
 * before its store, it will read the claim; else the taker reads HELD and gives the claim up. What
 * follows is under one lock, which the taker has held since before the claim: a holder that finds a
 * claim locks, and then either still carries its worker, or has lost it.
 *
 * Who has lost its worker waits in the worker's `wanted` list and sends it a message; the thread
 * that carries it passes it on at the end of its turn, between two fibers. A fiber that has been
 * stuck therefore never leaves its thread: it waits, inside the library, for the worker to come to
 * it. The others are resumed by whoever carries the worker. A home that passes the worker on (to a
 * spare whose fiber has come back) waits in the same list, so in the end each worker is at home.
 *
 * Thread-local storage. A compiler may keep the address of a thread-local variable (errno's, too)
 * across a call, and so across a wait. So the memory of a spare thread must stay as long as a fiber
 * lives that has run on it: each fiber has a bit for every spare that has resumed it, and an idle
 * spare ends when no living fiber has its bit. Homes stay as long as the runtime.
 */
#ifndef WEFT_RUNTIME_CARRIER_H
#define WEFT_RUNTIME_CARRIER_H

#include "runtime/hold.h"
#include "runtime/worker.h"

/* Before the workers' threads start, and after they have ended. */
weft_error weft__carriers_open(const weft_runtime_options *options) WEFT_NODISCARD;
void weft__carriers_close(void);

/* The calling thread becomes this carrier: its signal stack, its name for the tools. */
void weft__carrier_enter(weft__carrier *self);
void weft__carrier_leave(weft__carrier *self);

/* ---- hold and loose, inline: for functions that read thread-locals before they wait only ---- */

/* What follows a claim: waits for the worker; or merely says whether it is lost. */
void weft__settle(weft__carrier *self);
bool weft__has_lost(const weft__carrier *self);

static inline void weft__set_grip(weft__carrier *self, weft__grip grip)
{
    __atomic_store_n(&self->grip, grip, __ATOMIC_RELEASE);
}

/* Holds; true when there is a claim. What a borrower has left behind is seen. */
static inline bool weft__grasp(weft__carrier *self)
{
    weft__set_grip(self, WEFT__HELD);
    __atomic_signal_fence(__ATOMIC_SEQ_CST);
    return __atomic_load_n(&self->claimed, __ATOMIC_ACQUIRE);
}

/* As weft__hold; only the carrier itself writes its grip. */
static inline weft_fiber *weft__hold_here(weft__carrier *self)
{
    if (self->grip == WEFT__HELD)
        return NULL;
    if (WEFT_UNLIKELY(weft__grasp(self)))
        weft__settle(self);
    return self->running;
}

/* The same without waiting: false when another thread carries the worker, or may do so. */
static inline WEFT_NODISCARD bool weft__try_hold(weft__carrier *self, weft_fiber **was_loose)
{
    *was_loose = NULL;
    if (self->grip == WEFT__HELD)
        return true;
    if (WEFT_UNLIKELY(weft__grasp(self)) && weft__has_lost(self)) {
        weft__set_grip(self, WEFT__LOOSE);
        return false;
    }
    *was_loose = self->running;
    return true;
}

/* The worker's thread may be another one than when it was held. */
static inline void weft__let_go_here(weft_fiber *was_loose)
{
    if (was_loose)
        weft__set_grip(was_loose->carrier, WEFT__LOOSE);
}

/* At the end of a turn, when somebody wants the worker: passes it on. False when it is gone; a home
 * waits until it is back. */
bool weft__carrier_pass(weft__worker *worker) WEFT_NODISCARD;

/* ---- for an idle worker's loop: see lend.h -------------------------------------------------- */

/* The worker may be used as by its own loop until it is returned, if its thread is in the user's
 * code. */
bool weft__carrier_borrow(weft__worker *worker) WEFT_NODISCARD;
void weft__carrier_return(weft__worker *worker);

/* ---- for the watchdog ---------------------------------------------------------------------- */

/* Who carries a worker, and what it runs. The thread can be signalled until the end. */
typedef struct weft__bearer {
    const weft__carrier *carrier;
    pthread_t thread;
    pid_t id;
    const weft_fiber *running; /* or NULL */
    uint64_t named;            /* the count of runs of which one was named in the log */
} weft__bearer;

weft__bearer weft__carrier_of(weft__worker *worker);

/* Gives the worker to another thread, if the one that carries it runs `fiber` loose, and tells the
 * fiber's name. When `*name` is known, then or before, run `count` of the worker is noted as named:
 * it stays so when the fiber gets its worker back. WEFT_BUSY when it holds the worker, or has gone
 * on; WEFT_LIMIT when no thread is left; WEFT_INVALID when workers are not adopted. By one thread
 * at a time. */
weft_error weft__carrier_replace(weft__worker *worker, const weft_fiber *fiber, uint64_t count,
                                 const char **name) WEFT_NODISCARD;

unsigned weft__spares_alive(void);

/* Logs the name of every fiber that its worker has been taken from and that has not come back. By
 * any thread, also while the runtime ends. */
void weft__carriers_report(void);

#endif
