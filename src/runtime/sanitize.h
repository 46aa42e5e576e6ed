/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * runtime/sanitize.h: tells AddressSanitizer, ThreadSanitizer and valgrind about stacks and
 * switches. Everything here is empty in an ordinary build. Order at a switch: `leave` on the old
 * stack, the switch, `arrive` first thing on the new one.
 */
#ifndef WEFT_RUNTIME_SANITIZE_H
#define WEFT_RUNTIME_SANITIZE_H

#include <stddef.h>

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define WEFT__ASAN 1
#endif
#if __has_feature(thread_sanitizer)
#define WEFT__TSAN 1
#endif
#endif
#if defined(__SANITIZE_ADDRESS__)
#define WEFT__ASAN 1
#endif
#if defined(__SANITIZE_THREAD__)
#define WEFT__TSAN 1
#endif

#ifdef WEFT__ASAN
#include <sanitizer/asan_interface.h>
#endif
#ifdef WEFT__TSAN
#include <sanitizer/tsan_interface.h>
#endif
#if defined(__has_include)
#if __has_include(<valgrind/memcheck.h>)
#include <valgrind/memcheck.h>
#define WEFT__VALGRIND 1
#endif
#endif

/* What the tools know of one stack: a fiber's, or the thread's own that the worker runs on. */
typedef struct weft__traces {
#ifdef WEFT__ASAN
    void *fake_stack;
    const void *bottom;
    size_t size;
#endif
#ifdef WEFT__TSAN
    void *fiber;
#endif
    unsigned valgrind;
} weft__traces;

/* Copied from a stack, whether anybody has set it there or not. */
#ifdef WEFT__VALGRIND
#define WEFT__TRACE_KNOWN(copy) ((void)VALGRIND_MAKE_MEM_DEFINED(&(copy), sizeof(copy)))
#else
#define WEFT__TRACE_KNOWN(copy) ((void)&(copy))
#endif

static inline void weft__trace_map(weft__traces *stack, void *bottom, void *top)
{
#ifdef WEFT__VALGRIND
    stack->valgrind = VALGRIND_STACK_REGISTER(bottom, top);
#endif
    (void)stack, (void)bottom, (void)top;
}

/* The frames of a crashed fiber have never been left: what lay between their variables is poisoned
 * still. */
static inline void weft__trace_unmap(weft__traces *stack)
{
#ifdef WEFT__ASAN
    __asan_unpoison_memory_region(stack->bottom, stack->size);
#endif
#ifdef WEFT__VALGRIND
    VALGRIND_STACK_DEREGISTER(stack->valgrind);
#endif
    (void)stack;
}

/* A fiber begins its life on `stack`; and ends it. */
static inline void weft__trace_begin(weft__traces *stack, const void *bottom, const void *top)
{
#ifdef WEFT__ASAN
    stack->fake_stack = NULL;
    stack->bottom = bottom;
    stack->size = (size_t)((const char *)top - (const char *)bottom);
#endif
#ifdef WEFT__TSAN
    stack->fiber = __tsan_create_fiber(0);
#endif
    (void)stack, (void)bottom, (void)top;
}

static inline void weft__trace_end(weft__traces *stack)
{
#ifdef WEFT__TSAN
    __tsan_destroy_fiber(stack->fiber);
#endif
    (void)stack;
}

/* The thread is about to carry fibers. */
static inline void weft__trace_thread(weft__traces *thread)
{
#ifdef WEFT__TSAN
    thread->fiber = __tsan_get_current_fiber();
#endif
    (void)thread;
}

/* `last`: the stack that is left will not be returned to. */
static inline void weft__trace_leave(weft__traces *from, weft__traces *to, int last)
{
#ifdef WEFT__ASAN
    __sanitizer_start_switch_fiber(last ? NULL : &from->fake_stack, to->bottom, to->size);
#endif
#ifdef WEFT__TSAN
    __tsan_switch_to_fiber(to->fiber, 0);
#endif
    (void)from, (void)to, (void)last;
}

static inline void weft__trace_arrive(weft__traces *here, weft__traces *from)
{
#ifdef WEFT__ASAN
    __sanitizer_finish_switch_fiber(here->fake_stack, &from->bottom, &from->size);
#endif
    (void)here, (void)from;
}

#endif
