/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * runtime/scope.c: structured concurrency.
 *
 * Protocol. A child lies above the stack of its fiber, so a scope needs no memory but that of its
 * fibers. Everything in the scope is under its guard. A child that has ended leaves its list first,
 * and after that nobody cancels it any more; it leaves the count last, and after that the scope may
 * be gone: the owner looks at the count under the guard, and when it has to wait is woken by the
 * child that brings the count to zero, after that one has let go of the guard.
 */
#include "runtime/scope.h"
#include "base/chunk.h"
#include "runtime/budget.h"
#include "runtime/guard.h"
#include "runtime/runtime.h"
#include <stdio.h>
#include <stdlib.h>
#include <weft/log.h>

#define CANCEL_STEP 64 /* children cancelled before others may have the guard */
#define REPORT_MAX  16 /* children logged by name */

typedef struct weft__child {
    weft__ending ending;
    struct weft__child *next, **link; /* in its scope's list */
    weft_scope *scope;
    weft_fiber *fiber;
    weft_scope_fn *fn;
    void *arg;
    weft_error error;
} weft__child;
_Static_assert(sizeof(weft__child) % 16 == 0, "the stack begins below it");

/* ---- lists, under the guard -------------------------------------------------------------- */

static void attach(weft__child **list, weft__child *child)
{
    child->next = *list;
    child->link = list;
    if (child->next)
        child->next->link = &child->next;
    *list = child;
}

static void detach(weft__child *child)
{
    *child->link = child->next;
    if (child->next)
        child->next->link = child->link;
}

/* ---- cancelling -------------------------------------------------------------------------- */

static void cancel_some(weft_scope *scope)
{
    for (unsigned i = 0; i < CANCEL_STEP && scope->untold; i++) {
        weft__child *child = scope->untold;
        detach(child);
        attach(&scope->told, child);
        WEFT_LENT(child->fiber); /* who ends waits for the guard first */
        weft_fiber_cancel(child->fiber);
    }
}

static void stop(weft_scope *scope, bool asked)
{
    bool more = true;
    while (more) {
        weft__guard_lock(&scope->guard);
        scope->stopped = true;
        scope->asked |= asked;
        cancel_some(scope);
        more = scope->untold != NULL;
        weft__guard_unlock(&scope->guard);
    }
}

void weft_scope_cancel(weft_scope *scope)
{
    stop(scope, true);
}

/* ---- a child's life ---------------------------------------------------------------------- */

/* The fiber's function. */
static void run(void *arg)
{
    weft__child *child = arg;
    weft_scope *scope = child->scope;
    weft_arena *memory = &child->fiber->arena;
    child->error = child->fn(child->arg);
    if (memory->chunks && !(scope->flags & WEFT_SCOPE_FORGET)) {
        weft__guard_lock(&scope->guard);
        weft__arena_give(&scope->memory, memory);
        weft__guard_unlock(&scope->guard);
    }
}

bool weft__scope_owns(const weft_fiber *fiber)
{
    return fiber->fn == run;
}

/* Takes the child off its list and keeps its error; true when the others must hear of it. */
static bool settle(weft_scope *scope, weft__child *child)
{
    weft__guard_lock(&scope->guard);
    detach(child);
    bool expected = child->error == WEFT_CANCELLED && scope->asked;
    bool first = WEFT_FAILED(child->error) && !scope->error && !expected;
    if (first)
        scope->error = child->error;
    bool tell = first && (scope->flags & WEFT_SCOPE_FIRST_ERROR) && !scope->stopped;
    weft__guard_unlock(&scope->guard);
    return tell;
}

static void uncount(weft_scope *scope)
{
    weft__guard_lock(&scope->guard);
    weft_fiber *waiting = --scope->count == 0 && scope->waiting ? scope->owner : NULL;
    weft__guard_unlock(&scope->guard);
    if (waiting)
        weft__unpark(waiting);
}

static void child_ended(weft__ending *ending)
{
    weft__child *child = (weft__child *)(void *)ending;
    weft_scope *scope = child->scope;
    weft_fiber *fiber = child->fiber;
    if (scope->flags & WEFT__SCOPE_BACKGROUND)
        weft__background_ended(fiber->context.name, child->error);
    if (settle(scope, child))
        stop(scope, false);
    weft__fiber_free(weft__worker_here, fiber);
    uncount(scope);
}

/* WEFT_OK: the child belongs to the scope. */
static weft_error admit(weft_scope *scope, weft__child *child)
{
    weft_error error = WEFT_OK;
    weft__guard_lock(&scope->guard);
    if (scope->stopped) {
        error = WEFT_CANCELLED;
    } else if (scope->count == WEFT_SCOPE_MAX) {
        error = WEFT_LIMIT;
    } else {
        scope->count++;
        attach(&scope->untold, child);
        if (scope->deadline < child->fiber->context.deadline)
            child->fiber->context.deadline = scope->deadline;
    }
    weft__guard_unlock(&scope->guard);
    return error;
}

static weft_error spawn(weft_scope *scope, weft__worker *worker, const char *name,
                        weft_scope_fn *fn, void *arg)
{
    weft_fiber *fiber;
    WEFT_TRY(weft__fiber_make(&fiber, worker, name, run, NULL, sizeof(weft__child)));
    weft__child *child = (weft__child *)(void *)((char *)fiber - sizeof *child);
    *child = (weft__child){.ending.tell = child_ended,
                           .scope = scope,
                           .fiber = fiber,
                           .fn = fn,
                           .arg = arg,
                           .error = WEFT_CRASHED}; /* unless fn returns */
    fiber->arg = child;
    fiber->joinable = true;
    if (!(scope->flags & WEFT__SCOPE_BACKGROUND))
        fiber->context.deadline = weft_deadline_current();
    atomic_store_explicit(&fiber->ending, &child->ending, memory_order_relaxed);
    weft_error error = admit(scope, child);
    if (error)
        weft__fiber_unmake(fiber);
    else
        weft__fiber_launch(fiber);
    return error;
}

weft_error weft_scope_spawn(weft_scope *scope, const char *name, weft_scope_fn *fn, void *arg)
{
    return spawn(scope, weft__worker_here, name, fn, arg);
}

weft_error weft_scope_spawn_on(weft_scope *scope, unsigned on, const char *name, weft_scope_fn *fn,
                               void *arg)
{
    if (!weft__worker_here)
        return WEFT_INVALID;
    return spawn(scope, weft__worker_named(on), name, fn, arg);
}

/* ---- the scope --------------------------------------------------------------------------- */

static WEFT_COLD _Noreturn void misused(const weft_fiber *fiber, const char *how)
{
    fprintf(stderr, "weft: fiber \"%s\" %s; call weft_scope_leave once, on every path\n",
            fiber ? fiber->context.name : "(none)", how);
    abort();
}

_Noreturn void weft__scope_forgotten(const weft_fiber *fiber)
{
    misused(fiber, "ended inside a scope that its children use");
}

void weft_scope_enter(weft_scope *scope, unsigned flags)
{
    WEFT_TAKES(scope);
    weft_fiber *self = weft__fiber_running();
    *scope = (weft_scope){.flags = flags, .deadline = weft_deadline_current(), .owner = self};
    weft_arena_init(&scope->memory, 0);
    if (self)
        self->scopes++;
}

void weft_scope_narrow(weft_scope *scope, int64_t deadline)
{
    weft__guard_lock(&scope->guard);
    if (deadline < scope->deadline)
        scope->deadline = deadline;
    weft__guard_unlock(&scope->guard);
}

/* False when there is nobody to wait for any more, or the last child has begun to wake us. */
static bool set_waiting(weft_scope *scope, bool waiting)
{
    weft__guard_lock(&scope->guard);
    bool some = scope->count > 0;
    scope->waiting = waiting;
    weft__guard_unlock(&scope->guard);
    return some;
}

weft_error weft__scope_join(weft_scope *scope, int64_t deadline)
{
    if (!set_waiting(scope, true))
        return WEFT_OK;
    weft_error error = weft__park(deadline);
    if (!error || set_waiting(scope, false))
        return error;
    weft__park_shielded(); /* it has ended after all */
    return WEFT_OK;
}

weft_error weft_scope_leave(weft_scope *scope)
{
    WEFT_GIVES(scope);
    weft_fiber *self = weft__fiber_running();
    if (scope->owner != self)
        misused(self, "leaves a scope that it has not entered");
    weft__budget_take();
    weft_error why = weft__scope_join(scope, WEFT_NEVER);
    if (why) {
        stop(scope, false);
        weft_shield shield = weft_shield_begin();
        (void)!weft__scope_join(scope, WEFT_NEVER);
        weft_shield_end(shield);
    }
    weft__arena_give(weft_arena_current(), &scope->memory);
    if (self)
        self->scopes--;
    return why && scope->error == WEFT_CANCELLED ? why : scope->error;
}

static unsigned report(const weft__child *child, unsigned reported)
{
    for (; child; child = child->next)
        if (reported++ < REPORT_MAX)
            weft_log_event(WEFT_LOG_WARN, "runtime", WEFT_STR("a background task has not ended"),
                           &WEFT_FIELD_STR("task", weft_str_from(weft_fiber_name(child->fiber))),
                           1);
    return reported;
}

void weft__scope_report(weft_scope *scope)
{
    weft__guard_lock(&scope->guard);
    unsigned count = report(scope->told, report(scope->untold, 0));
    weft__guard_unlock(&scope->guard);
    if (count > REPORT_MAX)
        weft_log(WEFT_LOG_WARN, "runtime", "and %u other background tasks", count - REPORT_MAX);
}
