/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * runtime/fiber.c: the life of a fiber: made, started, ended, joined.
 */
#include "runtime/budget.h"
#include "runtime/carrier.h"
#include "runtime/runtime.h"
#include "runtime/scope.h"
#include "runtime/watermark.h"

_Static_assert(offsetof(weft_fiber, machine) == 0,
               "the entry code takes the machine for the fiber");

__attribute__((noinline)) weft_fiber *weft__fiber_running(void)
{
    weft__carrier *self = weft__carrier_here;
    return self ? self->running : NULL;
}

weft_fiber *weft_fiber_current(void)
{
    return weft__fiber_running();
}

const char *weft_fiber_name(const weft_fiber *fiber)
{
    return __atomic_load_n(&fiber->context.name, __ATOMIC_RELAXED);
}

void weft_fiber_rename(const char *name)
{
    weft_fiber *self = weft__fiber_running();
    if (self)
        weft__context_rename(&self->context, name);
}

/* ---- beginning --------------------------------------------------------------------------- */

/* What the worker has to give for a fiber. */
static weft_error acquire(weft__worker *here, weft_fiber **fiber)
{
    if (!weft__runtime_count(here, 1))
        return WEFT_SHUTTING_DOWN;
    *fiber = weft__stack_acquire(&here->pool);
    if (!*fiber) {
        weft__runtime_count(here, -1);
        return WEFT_NO_MEMORY;
    }
    weft__count(&here->counters.spawns, 1);
    return WEFT_OK;
}

weft_error weft__fiber_make(weft_fiber **made, weft__worker *worker, const char *name,
                            weft_fiber_fn *fn, void *arg, size_t room)
{
    weft__worker *here = weft__worker_here;
    if (!here)
        return WEFT_INVALID;
    weft_fiber *fiber, *was_loose = weft__hold_here(weft__carrier_here);
    weft_error error = acquire(here, &fiber);
    weft__let_go_here(was_loose);
    if (error)
        return error;
    char *top = (char *)fiber - room;
    weft__machine_prepare(&fiber->machine, top);
    weft__trace_begin(&fiber->traces, fiber->stack, top);
    weft__fiber_set_worker(fiber, worker ? worker : here);
    fiber->fresh = worker == NULL;
    fiber->state = WEFT__FIBER_READY;
    fiber->woken = fiber->cancelled = fiber->joinable = fiber->shielded = false;
    fiber->scopes = 0;
    WEFT__PUBLISH(fiber->spares, 0);
    fiber->fn = fn;
    fiber->arg = arg;
    weft_arena_init(&fiber->arena, 0);
    fiber->context = (weft__context){.arena = &fiber->arena, .deadline = WEFT_NEVER, .name = name};
    fiber->timer.ring.previous = NULL;
    fiber->timer.fn = weft__fiber_on_deadline;
    fiber->task.fn = weft__fiber_hear;
    atomic_store_explicit(&fiber->remote, 0, memory_order_relaxed);
    atomic_store_explicit(&fiber->ending, NULL, memory_order_relaxed);
    *made = fiber;
    return WEFT_OK;
}

void weft__fiber_unmake(weft_fiber *fiber)
{
    WEFT__HOLD_WORKER();
    weft__worker *here = weft__worker_here;
    weft__trace_end(&fiber->traces);
    weft__stack_release(&here->pool, fiber);
    weft__runtime_count(here, -1);
}

void weft__fiber_launch(weft_fiber *fiber)
{
    weft_fiber *was_loose;
    weft__worker *here = weft__worker_here;
    if (weft__fiber_worker(fiber) != here || !weft__try_hold(weft__carrier_here, &was_loose)) {
        weft__fiber_tell(fiber, WEFT__REMOTE_START);
        return;
    }
    weft__worker_enqueue(here, fiber);
    weft__let_go_here(was_loose);
}

weft_error weft__fiber_start(const char *name, weft_fiber_fn *fn, void *arg)
{
    weft_fiber *fiber;
    WEFT_TRY(weft__fiber_make(&fiber, weft__worker_here, name, fn, arg, 0));
    weft__fiber_launch(fiber);
    return WEFT_OK;
}

weft_error weft__fiber_start_anywhere(const char *name, weft_fiber_fn *fn, void *arg)
{
    weft_fiber *fiber;
    WEFT_TRY(weft__fiber_make(&fiber, NULL, name, fn, arg, 0));
    weft__fiber_launch(fiber);
    return WEFT_OK;
}

static weft_error spawn(weft_fiber **out, weft__worker *worker, const char *name, weft_fiber_fn *fn,
                        void *arg)
{
    weft_fiber *fiber;
    WEFT_TRY(weft__fiber_make(&fiber, worker, name, fn, arg, 0));
    fiber->joinable = true;
    fiber->context.deadline = weft_deadline_current();
    *out = fiber;
    weft__fiber_launch(fiber);
    return WEFT_OK;
}

weft_error weft_fiber_spawn(weft_fiber **fiber, const char *name, weft_fiber_fn *fn, void *arg)
{
    return spawn(fiber, weft__worker_here, name, fn, arg);
}

weft_error weft_fiber_spawn_on(weft_fiber **fiber, unsigned on, const char *name, weft_fiber_fn *fn,
                               void *arg)
{
    if (!weft__worker_here)
        return WEFT_INVALID;
    return spawn(fiber, weft__worker_named(on), name, fn, arg);
}

/* ---- end --------------------------------------------------------------------------------- */

static weft__ending ended; /* its address stands in `ending` of a fiber that has ended */

void weft__fiber_main(weft_fiber *fiber)
{
    weft__trace_arrive(&fiber->traces, &fiber->carrier->traces);
    fiber->fresh = false;
    if (fiber->joinable) /* it is the user's function */
        weft__loosen();
    fiber->fn(fiber->arg);
    weft__hold(); /* not inline: the thread may be another one */
    weft__release_owned(&fiber->context, NULL);
    if (WEFT_UNLIKELY(fiber->scopes))
        weft__scope_forgotten(fiber);
    fiber->state = WEFT__FIBER_ENDED;
    weft__worker_suspend(fiber);
    __builtin_unreachable();
}

void weft__fiber_free(weft__worker *here, weft_fiber *fiber)
{
    /* A cancellation from afar may still be in the mail. */
    bool mail = atomic_load(&fiber->remote) != 0 &&
                atomic_fetch_or(&fiber->remote, WEFT__REMOTE_FREE) != 0;
    if (!mail)
        weft__stack_release(&here->pool, fiber);
}

void weft__fiber_finish(weft__worker *worker, weft_fiber *fiber)
{
    weft__trace_end(&fiber->traces);
    WEFT__PUBLISH(fiber->spares, 0);
    weft_arena_reset(&fiber->arena);
    if (WEFT_UNLIKELY(weft__watermark_on))
        weft__watermark_take(fiber);
    if (!fiber->joinable) {
        weft__fiber_free(worker, fiber);
    } else {
        /* From here the joiner may free it. */
        weft__ending *ending = atomic_exchange(&fiber->ending, &ended);
        if (ending)
            ending->tell(ending);
    }
    weft__runtime_count(worker, -1);
}

bool weft__fiber_watch(weft_fiber *fiber, weft__ending *ending)
{
    weft__ending *nobody = NULL;
    return atomic_compare_exchange_strong(&fiber->ending, &nobody, ending);
}

bool weft__fiber_unwatch(weft_fiber *fiber, weft__ending *ending)
{
    weft__ending *expected = ending;
    return atomic_compare_exchange_strong(&fiber->ending, &expected, NULL);
}

bool weft__fiber_has_ended(const weft_fiber *fiber)
{
    return atomic_load(&fiber->ending) == &ended;
}

struct join {
    weft__ending ending;
    weft_fiber *joiner;
};

static void wake_joiner(weft__ending *ending)
{
    weft__unpark(((struct join *)(void *)ending)->joiner);
}

void weft_fiber_join(weft_fiber *fiber)
{
    WEFT_GIVES(fiber);
    WEFT__HOLD_WORKER();
    weft_fiber *self = weft__fiber_running();
    struct join join = {.ending.tell = wake_joiner, .joiner = self};
    weft__budget_take();
    if (weft__fiber_watch(fiber, &join.ending))
        weft__park_shielded();
    weft__fiber_free(weft__fiber_worker(self), fiber);
}
