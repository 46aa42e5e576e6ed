/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * runtime/stack.c: maps, guards and keeps the stacks of fibers.
 */
#include "runtime/stack.h"
#include "runtime/hold.h"
#include <pthread.h>
#include <sys/mman.h>

#ifndef MADV_GUARD_INSTALL
#define MADV_GUARD_INSTALL 102 /* Linux 6.13: guards pages without splitting the mapping */
#endif

static size_t stack_size = WEFT_STACK_SIZE;

void weft__stack_set_size(size_t size)
{
    stack_size = size;
}

size_t weft__stack_size(void)
{
    return stack_size;
}

/* The fiber takes whole cache lines above the stack, whose top must be aligned to 16. */
#define FIBER_SPACE ((sizeof(weft_fiber) + 63) & ~(size_t)63)

static size_t mapping_size(void)
{
    return WEFT__STACK_GUARD + stack_size;
}

static bool guard(char *base)
{
    return madvise(base, WEFT__STACK_GUARD, MADV_GUARD_INSTALL) == 0 ||
           mprotect(base, WEFT__STACK_GUARD, PROT_NONE) == 0;
}

/* All that are mapped, newest first, for debuggers: those whose fiber has not ended are the fibers
 * that there are (scripts/gdb/weft.py). Changed only together with the mappings, so that starting
 * and ending a pooled fiber costs nothing. */
static weft__ring mapped_stacks = {&mapped_stacks, &mapped_stacks};
static pthread_mutex_t mapped_lock = PTHREAD_MUTEX_INITIALIZER;

static void list(weft__ring *mapping)
{
    pthread_mutex_lock(&mapped_lock);
    *mapping = (weft__ring){.next = mapped_stacks.next, .previous = &mapped_stacks};
    mapped_stacks.next = mapped_stacks.next->previous = mapping;
    pthread_mutex_unlock(&mapped_lock);
}

static void unlist(const weft__ring *mapping)
{
    pthread_mutex_lock(&mapped_lock);
    mapping->previous->next = mapping->next;
    mapping->next->previous = mapping->previous;
    pthread_mutex_unlock(&mapped_lock);
}

static const weft_fiber *fiber_of(const weft__ring *mapping)
{
    return (const weft_fiber *)(const void *)((const char *)mapping -
                                              offsetof(weft_fiber, mapping));
}

bool weft__stack_find(bool (*matches)(const weft_fiber *fiber, const void *arg), const void *arg)
{
    bool found = false;
    pthread_mutex_lock(&mapped_lock);
    for (weft__ring *at = mapped_stacks.next; at != &mapped_stacks && !found; at = at->next)
        found = matches(fiber_of(at), arg);
    pthread_mutex_unlock(&mapped_lock);
    return found;
}

static weft_fiber *map(void)
{
    char *base = mmap(NULL, mapping_size(), PROT_READ | PROT_WRITE,
                      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_STACK, -1, 0);
    if (base == MAP_FAILED)
        return NULL;
    if (!guard(base)) {
        munmap(base, mapping_size());
        return NULL;
    }
    char *top = base + mapping_size() - FIBER_SPACE;
    weft_fiber *fiber = (weft_fiber *)(void *)top;
    fiber->stack = base + WEFT__STACK_GUARD;
    weft__trace_map(&fiber->traces, fiber->stack, top);
    list(&fiber->mapping);
    return fiber;
}

void weft__stack_discard(weft_fiber *fiber)
{
    unlist(&fiber->mapping);
    weft__trace_unmap(&fiber->traces);
    munmap(fiber->stack - WEFT__STACK_GUARD, mapping_size());
}

/* ---- pools ------------------------------------------------------------------------------- */

/* What one worker has too many of and another may need. Fibers that begin on one worker and end on
 * another would otherwise be mapped here and gather there; so whoever has gained a batch gives it
 * away. */
static struct {
    pthread_mutex_t lock;
    weft__pool pool;
    _Atomic unsigned count; /* of the pool, to look at without the lock */
} surplus = {.lock = PTHREAD_MUTEX_INITIALIZER};

static void move(weft__pool *to, weft__pool *from, unsigned count)
{
    while (count-- > 0 && from->first) {
        weft_fiber *fiber = from->first;
        from->first = fiber->next;
        from->count--;
        fiber->next = to->first;
        to->first = fiber;
        to->count++;
    }
}

static WEFT_COLD void give_surplus(weft__pool *pool)
{
    pthread_mutex_lock(&surplus.lock);
    unsigned room = WEFT__STACK_CACHE - surplus.pool.count, before = pool->count;
    move(&surplus.pool, pool, room < WEFT__STACK_BATCH ? room : WEFT__STACK_BATCH);
    unsigned given = before - pool->count;
    pool->gained = given == WEFT__STACK_BATCH ? pool->gained - given : 0; /* 0: nobody wants them */
    atomic_store_explicit(&surplus.count, surplus.pool.count, memory_order_relaxed);
    pthread_mutex_unlock(&surplus.lock);
}

static WEFT_COLD void take_surplus(weft__pool *pool)
{
    if (atomic_load_explicit(&surplus.count, memory_order_relaxed) == 0)
        return;
    pthread_mutex_lock(&surplus.lock);
    move(pool, &surplus.pool, WEFT__STACK_BATCH);
    pool->gained += pool->count;
    atomic_store_explicit(&surplus.count, surplus.pool.count, memory_order_relaxed);
    pthread_mutex_unlock(&surplus.lock);
}

weft_fiber *weft__stack_acquire(weft__pool *pool)
{
    WEFT__CHECK_HELD();
    pool->gained--;
    if (WEFT_UNLIKELY(!pool->first))
        take_surplus(pool);
    weft_fiber *fiber = pool->first;
    if (WEFT_UNLIKELY(!fiber))
        return map();
    pool->first = fiber->next;
    pool->count--;
    return fiber;
}

void weft__stack_release(weft__pool *pool, weft_fiber *fiber)
{
    WEFT__CHECK_HELD();
    pool->gained++;
    if (WEFT_UNLIKELY(pool->count == WEFT__STACK_CACHE || pool->gained >= WEFT__STACK_BATCH))
        give_surplus(pool);
    if (WEFT_UNLIKELY(pool->count == WEFT__STACK_CACHE)) {
        weft__stack_discard(fiber);
        return;
    }
    fiber->next = pool->first;
    pool->first = fiber;
    pool->count++;
}

static void drain(weft__pool *pool)
{
    while (pool->first) {
        weft_fiber *fiber = pool->first;
        pool->first = fiber->next;
        weft__stack_discard(fiber);
    }
    pool->count = 0;
}

void weft__stack_drain(weft__pool *pool)
{
    drain(pool);
    pthread_mutex_lock(&surplus.lock);
    drain(&surplus.pool);
    atomic_store_explicit(&surplus.count, 0, memory_order_relaxed);
    pthread_mutex_unlock(&surplus.lock);
}
