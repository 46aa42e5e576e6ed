/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * sync/select.c: waiting for the first of several things.
 *
 * Protocol. First every case is tried. When none can be done, each is published in the list of its
 * object, where the object's users find it as they find any wait; the waiter's claim (sync/wait.h)
 * lets one of them serve it. A case that has become ready before it could be published ends that,
 * as does a deadline; unless somebody was faster, the waiter claims itself. In any case all waits
 * are taken back before anything else is done, so no object ever holds a wait of a select that has
 * returned. Then the case that was served is the one that was done, or, when its object has left
 * that to the waiter, or none was served, everything is tried again. Trying does a case completely
 * under its object's guard or not at all; so does serving; and each ends the select: exactly one is
 * done.
 *
 * The end of a fiber has no list and no guard. There the last touch of `tell` that did not win the
 * claim is to clear `listed`, and a select that comes too late to take the watch back waits for
 * that: a few instructions.
 */
#include "sync/kind.h"
#include <runtime/park.h>

/* ---- cases that are no objects ----------------------------------------------------------- */

static weft_error attempt_deadline(weft_case *c)
{
    return weft_clock_now() >= c->deadline ? WEFT_OK : WEFT_BUSY;
}

static weft_error attempt_ended(weft_case *c)
{
    return weft__fiber_has_ended(c->object) ? WEFT_OK : WEFT_BUSY;
}

static const weft__kind deadline_kind = {attempt_deadline, NULL};
static const weft__kind ended_kind = {attempt_ended, NULL};

static void tell(weft__ending *ending)
{
    weft_case *c = (weft_case *)(void *)((char *)ending - offsetof(weft_case, ending));
    if (weft__wait_claim(&c->wait))
        weft__wait_wake(&c->wait);
    else
        __atomic_store_n(&c->wait.listed, false, __ATOMIC_RELEASE);
}

weft_case weft_case_deadline(int64_t deadline)
{
    return (weft_case){.kind = &deadline_kind, .deadline = deadline};
}

weft_case weft_case_ended(weft_fiber *fiber)
{
    return (weft_case){.kind = &ended_kind, .object = fiber, .ending.tell = tell};
}

static int64_t first_deadline(const weft_case *cases, size_t count, int64_t deadline)
{
    for (size_t i = 0; i < count; i++)
        if (cases[i].kind == &deadline_kind && cases[i].deadline < deadline)
            deadline = cases[i].deadline;
    return deadline;
}

/* ---- trying ------------------------------------------------------------------------------ */

/* Where to begin among `count` cases. */
static size_t next_start(size_t count)
{
    return (size_t)((uint64_t)weft__turn() * count >> 32);
}

/* What trying the first that could be done gave, and which; WEFT_BUSY when none could. */
static weft_error attempt_any(weft_case *cases, size_t count, size_t *index)
{
    size_t start = next_start(count);
    for (size_t i = 0; i < count; i++) {
        size_t at = start + i < count ? start + i : start + i - count;
        weft_error result = cases[at].kind ? cases[at].kind->attempt(&cases[at]) : WEFT_BUSY;
        if (result != WEFT_BUSY) {
            *index = at;
            return result;
        }
    }
    return WEFT_BUSY;
}

/* ---- waiting ----------------------------------------------------------------------------- */

/* False when the case is ready by now, and not published. */
static bool publish(weft_case *c, weft__waiter *self)
{
    c->wait = (weft__wait){.waiter = self, .item = c->item, .result = WEFT_BUSY};
    if (c->kind == &ended_kind) {
        c->wait.listed = true; /* before anybody can tell */
        if (weft__fiber_watch(c->object, &c->ending))
            return true;
        c->wait.listed = false;
        return !weft__fiber_has_ended(c->object);
    }
    if (!c->waits)
        return true;
    weft__guard_lock(c->guard);
    bool ready = c->kind->ready(c);
    if (!ready)
        weft__waits_append(c->waits, &c->wait);
    weft__guard_unlock(c->guard);
    return !ready;
}

static void take_back_watch(weft_case *c)
{
    if (!__atomic_load_n(&c->wait.listed, __ATOMIC_ACQUIRE) ||
        weft__fiber_unwatch(c->object, &c->ending))
        return;
    for (unsigned spins = 0; __atomic_load_n(&c->wait.listed, __ATOMIC_ACQUIRE);)
        weft__guard_spin(&spins);
}

static void take_back(weft_case *c)
{
    if (c->kind == &ended_kind) {
        take_back_watch(c);
    } else if (c->waits) {
        weft__guard_lock(c->guard);
        if (c->wait.listed)
            weft__waits_remove(c->waits, &c->wait);
        weft__guard_unlock(c->guard);
    }
}

/* True: nobody can serve the waiter any more. False: it was served and has not slept since. */
static bool give_up(weft__waiter *self)
{
    return !__atomic_exchange_n(&self->claimed, 1, __ATOMIC_ACQ_REL);
}

/* WEFT_BUSY: everything has to be tried again. With *index set: the result of that case. Otherwise
 * why the sleep has ended. */
static weft_error wait_for_any(weft_case *cases, size_t count, int64_t deadline, size_t *index)
{
    weft__waiter self = weft__waiter_here();
    self.choosing = true;
    size_t published = 0;
    while (published < count && publish(&cases[published], &self))
        published++;
    weft_error error = WEFT_BUSY;
    if (published == count)
        error = weft__waiter_sleep(&self, deadline);
    if (error && !give_up(&self)) {
        weft__waiter_finish(&self);
        error = WEFT_OK;
    }
    for (size_t i = 0; i < published; i++)
        if (&cases[i].wait != self.served)
            take_back(&cases[i]);
    if (error)
        return error;
    if (self.served->result != WEFT_BUSY)
        *index = (size_t)((weft_case *)(void *)((char *)self.served - offsetof(weft_case, wait)) -
                          cases);
    return self.served->result;
}

weft_error weft_select(weft_case *cases, size_t count, int64_t deadline, size_t *index)
{
    *index = count;
    if (count > WEFT_SELECT_MAX)
        return WEFT_INVALID;
    weft__budget_take();
    int64_t until = first_deadline(cases, count, deadline);
    for (weft_error waited = WEFT_BUSY;;) {
        weft_error done = attempt_any(cases, count, index);
        if (done != WEFT_BUSY)
            return done;
        if (waited != WEFT_BUSY)
            return waited;
        waited = wait_for_any(cases, count, until, index);
        if (*index < count)
            return waited;
    }
}
