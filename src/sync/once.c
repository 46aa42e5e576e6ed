/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * sync/once.c: what must succeed once. One caller at a time is at it; it runs its function without
 * the guard, and then either releases all who wait or, having failed, passes the turn on to the
 * oldest. `state` is set under the guard and read without it for one thing only: that it is done.
 */
#include "sync/wait.h"

enum { FRESH, RUNNING, DONE };

static void set_state(weft_once *once, uint32_t state)
{
    __atomic_store_n(&once->state, state, __ATOMIC_RELEASE);
}

/* WEFT_BUSY: the turn is ours. Otherwise as weft_once_run. */
static weft_error wait_for_turn(weft_once *once, int64_t deadline)
{
    weft__guard_lock(&once->guard);
    if (once->state == RUNNING)
        return weft__wait_in(&once->guard, &once->waits, NULL, deadline);
    bool done = once->state == DONE;
    if (!done)
        set_state(once, RUNNING);
    weft__guard_unlock(&once->guard);
    return done ? WEFT_OK : WEFT_BUSY;
}

static weft_error run(weft_once *once, weft_error (*fn)(void *arg), void *arg)
{
    weft__waits woken = {0};
    weft_error error = fn(arg);
    weft__guard_lock(&once->guard);
    weft__wait *next = error ? weft__waits_shift(&once->waits) : NULL;
    if (next) /* its result stays WEFT_BUSY */
        weft__woken_add(&woken, next);
    else
        set_state(once, error ? FRESH : DONE);
    if (!error)
        weft__woken_add_all(&woken, &once->waits, WEFT_OK);
    weft__guard_unlock(&once->guard);
    weft__woken_wake(&woken);
    return error;
}

weft_error weft_once_run(weft_once *once, weft_error (*fn)(void *arg), void *arg, int64_t deadline)
{
    weft__budget_take();
    if (WEFT_LIKELY(__atomic_load_n(&once->state, __ATOMIC_ACQUIRE) == DONE))
        return WEFT_OK;
    weft_error turn = wait_for_turn(once, deadline);
    return turn == WEFT_BUSY ? run(once, fn, arg) : turn;
}
