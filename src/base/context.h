/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * base/context.h: what the code that runs here and now belongs to. A thread-local pointer that the
 * runtime swaps at each fiber switch; base, log and db read it without knowing fibers. A context
 * is used by one fiber or thread at a time, so its fields need no atomics.
 */
#ifndef WEFT_BASE_CONTEXT_H
#define WEFT_BASE_CONTEXT_H

#include <weft/arena.h>

typedef struct weft__context {
    weft_arena *arena; /* what weft_arena_current() answers; NULL: the thread's own */
    void *request;     /* the weft_request being answered, or NULL; known to http and above */
    void *db_failure;  /* the weft_db_failure of the last failed statement, in the arena, or NULL */
    int64_t deadline;  /* absolute; every wait of this context ends by then. WEFT_NEVER: none */
} weft__context;

/* Never NULL: threads start with a context of their own. Do not keep the address of the
 * thread-local itself across a wait; read it anew through this function. */
weft__context *weft__context_current(void) WEFT_RETURNS_NONNULL;

/* Makes `context` current on this thread and returns the previous one. Only the runtime calls it.
 */
weft__context *weft__context_switch(weft__context *context);

#endif
