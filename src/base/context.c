/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * base/context.c: the current context of each thread, and the arena of threads that have no other.
 * All of it is thread-local; the functions are never inlined, so that no caller keeps the address
 * of a thread-local across a fiber switch.
 */
#include "base/context.h"
#include <pthread.h>

static _Thread_local weft__context own = {.deadline = WEFT_NEVER};
_Thread_local weft__context *weft__context_here __attribute__((tls_model("initial-exec")));
static _Thread_local weft_arena thread_arena;

static pthread_key_t at_exit;
static pthread_once_t at_exit_once = PTHREAD_ONCE_INIT;
static bool at_exit_exists;

__attribute__((noinline)) weft__context *weft__context_current(void)
{
    weft__context *here = weft__context_here;
    return here != NULL ? here : &own;
}

__attribute__((noinline)) weft__context *weft__context_switch(weft__context *context)
{
    weft__context *previous = weft__context_current();
    weft__context_here = context;
    return previous;
}

static void finish_arena(void *arena)
{
    weft_arena_reset(arena);
}

static void create_key(void)
{
    at_exit_exists = pthread_key_create(&at_exit, finish_arena) == 0;
}

/* The first use on a thread sees to it that the arena is freed when the thread ends. */
__attribute__((noinline)) static weft_arena *own_arena(void)
{
    if (thread_arena.chunks == NULL) {
        (void)pthread_once(&at_exit_once, create_key);
        if (at_exit_exists)
            (void)pthread_setspecific(at_exit, &thread_arena);
    }
    return &thread_arena;
}

weft_arena *weft_arena_current(void)
{
    weft__context *context = weft__context_current();
    return context->arena != NULL ? context->arena : own_arena();
}

void weft__own(weft__context *context, weft__owned *owned)
{
    owned->older = context->owned;
    context->owned = owned;
}

void weft__disown(weft__context *context, weft__owned *owned)
{
    weft__owned **at = &context->owned;
    while (*at != owned)
        at = &(*at)->older;
    *at = owned->older;
}
