/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * runtime/stack.h: memory of fibers. A mapping holds, from low to high: the guard, which faults
 * when touched; the stack, which grows down towards it; the fiber. Ended fibers are kept per
 * worker, last in first out, because their pages are warm.
 */
#ifndef WEFT_RUNTIME_STACK_H
#define WEFT_RUNTIME_STACK_H

#include "runtime/fiber.h"

#define WEFT__STACK_GUARD (16u << 10) /* bytes below a stack that fault */
#define WEFT__STACK_CACHE 512         /* ended fibers that a worker keeps for reuse */
#define WEFT__STACK_BATCH 64          /* of them that go to another worker at once */

typedef struct weft__pool {
    weft_fiber *first; /* newest first */
    unsigned count;
    int64_t gained; /* by fibers that began on other workers, less those that have gone there */
} weft__pool;

/* A fiber with a stack, its `stack` and `traces` set, the rest as it was left; NULL when the system
 * gives no more. */
weft_fiber *weft__stack_acquire(weft__pool *pool);
void weft__stack_release(weft__pool *pool, weft_fiber *fiber);
void weft__stack_drain(weft__pool *pool);
void weft__stack_discard(weft_fiber *fiber); /* its memory is the system's again */

/* Whether `matches` says so of any fiber whose stack is mapped; it may look at what never lies. */
bool weft__stack_find(bool (*matches)(const weft_fiber *fiber, const void *arg), const void *arg);

/* Bytes of stack of each fiber; set before the first fiber exists. */
void weft__stack_set_size(size_t size);
size_t weft__stack_size(void);

#endif
