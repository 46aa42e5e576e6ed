/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * base/context.h: what the code that runs here and now belongs to. A thread-local pointer that the
 * runtime swaps at each fiber switch; base, log and db read it without knowing fibers. A context
 * is used by one fiber or thread at a time, so its fields need no atomics.
 */
#ifndef WEFT_BASE_CONTEXT_H
#define WEFT_BASE_CONTEXT_H

#include <weft/arena.h>

/* A handle that must not outlive the context that opened it, such as a transaction; embedded in it.
 * What its user leaves open is closed by release, which takes it off the list and says so. */
typedef struct weft__owned {
    struct weft__owned *older;
    void (*release)(struct weft__owned *owned);
} weft__owned;

typedef struct weft__context {
    weft_arena *arena; /* what weft_arena_current() answers; NULL: the thread's own */
    void *request;     /* the weft_request being answered, or NULL; known to http and above */
    void *db_failure;  /* the weft_db_failure of the last failed statement, in the arena, or NULL */
    int64_t deadline;  /* absolute; every wait of this context ends by then. WEFT_NEVER: none */
    weft__owned *owned; /* the handles that it has open, newest first */
    const char *name;   /* static: what runs; atomic, for the watchdog asks for it from elsewhere */
} weft__context;

/* Never NULL: threads start with a context of their own. Do not keep the address of the
 * thread-local itself across a wait; read it anew through this function. */
weft__context *weft__context_current(void) WEFT_RETURNS_NONNULL;

/* Makes `context` current on this thread and returns the previous one. Only the runtime calls it.
 */
weft__context *weft__context_switch(weft__context *context);

/* The same without a call: what is current on this thread; NULL: its own. Only the loop of a
 * worker, which never leaves its thread, touches it; a fiber may not keep its address. */
extern _Thread_local weft__context *weft__context_here __attribute__((tls_model("initial-exec")));

static inline void weft__context_rename(weft__context *context, const char *name)
{
    __atomic_store_n(&context->name, name, __ATOMIC_RELAXED);
}

/* Puts a handle on the context's list, and takes it off. */
void weft__own(weft__context *context, weft__owned *owned) WEFT_NONNULL(1, 2);
void weft__disown(weft__context *context, weft__owned *owned) WEFT_NONNULL(1, 2);

/* Releases the handles that are newer than `mark` (NULL: all), newest first. May wait. */
static inline void weft__release_owned(weft__context *context, const weft__owned *mark)
{
    while (WEFT_UNLIKELY(context->owned != mark))
        context->owned->release(context->owned);
}

#endif
