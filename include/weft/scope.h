/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * weft/scope.h: fibers that end before what they belong to. A scope owns the fibers spawned into
 * it; leaving it waits for all of them and says how they fared, so that they may use whatever its
 * owner has on the stack:
 *
 *     weft_scope scope;
 *     weft_scope_enter(&scope, WEFT_SCOPE_FIRST_ERROR);
 *     weft_error error = weft_scope_spawn(&scope, "stock", fetch_stock, &stock);
 *     if (!error)
 *         error = weft_scope_spawn(&scope, "price", fetch_price, &price);
 *     weft_error failed = weft_scope_leave(&scope);
 */
#ifndef WEFT_SCOPE_H
#define WEFT_SCOPE_H

#include <weft/arena.h>
#include <weft/runtime.h>

#define WEFT_SCOPE_MAX           16384u             /* living children of one scope at most */
#define WEFT_BACKGROUND_DEADLINE (10 * WEFT_SECOND) /* for background tasks to end when asked to */

typedef weft_error weft_scope_fn(void *arg);

/* Combined with |. */
enum {
    WEFT_SCOPE_ALL = 0,         /* a child that fails leaves the others alone */
    WEFT_SCOPE_FIRST_ERROR = 1, /* the first child that fails has the others cancelled */
    WEFT_SCOPE_FORGET = 2,      /* what a child allocates goes when it ends, not with the owner's
                                   memory: for scopes that see many children come and go */
};

/* In the owner's memory, which must stay in place; the fields are the library's. */
typedef struct WEFT_OWNED("scope") weft_scope {
    uint32_t guard; /* protects what follows */
    unsigned flags;
    weft_error error;
    unsigned count; /* children that have not ended */
    bool stopped;   /* the children are cancelled, and no more may come */
    bool asked;     /* by weft_scope_cancel */
    bool waiting;   /* the owner, until count is zero */
    int64_t deadline;
    weft_fiber *owner;
    struct weft__child *untold, *told; /* children that do not, or do, know of a cancellation */
    weft_arena memory;                 /* of ended children */
} weft_scope;

/* The running fiber's; it leaves every scope that it has entered, in reverse order. On a plain
 * thread nothing can be spawned into it. */
void weft_scope_enter(weft_scope *scope, unsigned flags) WEFT_OPENS(scope) WEFT_NONNULL(1);

/* Children spawned from now on have this deadline, if it is sooner than what they would inherit. */
void weft_scope_narrow(weft_scope *scope, int64_t deadline) WEFT_USES(scope) WEFT_NONNULL(1);

/* A new fiber in the scope, on this worker (or on worker `on % weft_worker_count()`, or on any, see
 * WEFT_ANYWHERE), started later; then fn runs in any case, also when the scope is cancelled before.
 * From the owner or any fiber that ends before the scope is left, of any worker. The child's
 * deadline is the soonest of the caller's, the owner's when it entered, and that of
 * weft_scope_narrow. What it allocates in its arena belongs to the owner's arena once the scope has
 * been left. Never suspends. WEFT_CANCELLED when the scope is; WEFT_LIMIT beyond WEFT_SCOPE_MAX;
 * WEFT_NO_MEMORY; WEFT_INVALID on plain threads. */
weft_error weft_scope_spawn(weft_scope *scope, const char *name, weft_scope_fn *fn, void *arg)
    WEFT_USES(scope) WEFT_NODISCARD WEFT_NONNULL(1, 2, 3);
weft_error weft_scope_spawn_on(weft_scope *scope, unsigned on, const char *name, weft_scope_fn *fn,
                               void *arg) WEFT_USES(scope) WEFT_NODISCARD WEFT_NONNULL(1, 3, 4);

/* Cancels every child, and lets no more come. That a child then ends with WEFT_CANCELLED is no
 * error. From any thread, as long as the scope has not been left. Never suspends. */
void weft_scope_cancel(weft_scope *scope) WEFT_USES(scope) WEFT_NONNULL(1);

/* Waits until every child has ended; the scope is gone afterwards. When the owner is cancelled
 * meanwhile, or its deadline comes, the children are cancelled, and still waited for. The first
 * error that a child ended with; or, of an owner that was cancelled or late, why its children were
 * cancelled; or WEFT_OK. Suspends. */
weft_error weft_scope_leave(weft_scope *scope) WEFT_CLOSES(scope) WEFT_NODISCARD WEFT_NONNULL(1);

/* ---- background tasks ----------------------------------------------------------------------- */

/* A fiber that may outlive its caller, in a scope of the runtime's own; it inherits no deadline,
 * and an error that it ends with is logged. When weft_runtime_run's main function has ended (in
 * a server: when the last request is answered) background tasks are cancelled and waited for;
 * those that have not ended within the runtime's background_deadline are logged by name, and
 * still waited for; a server exits without them when its own drain deadline is over. `arg` must
 * live as long as the task. Never suspends. WEFT_SHUTTING_DOWN when that has begun; WEFT_LIMIT
 * beyond WEFT_SCOPE_MAX; WEFT_NO_MEMORY; WEFT_INVALID outside fibers. */
weft_error weft_background(const char *name, weft_scope_fn *fn, void *arg)
    WEFT_NODISCARD WEFT_NONNULL(1, 2);

#endif
