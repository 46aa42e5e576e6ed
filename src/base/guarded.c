/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * base/guarded.c: see the header. The list is a ring under a lock; who looks something up, perhaps
 * in a signal handler, takes none: an entry is emptied before it is written and filled in last.
 */
#include "base/guarded.h"
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#ifdef WEFT__UNDER_ASAN
#include <sanitizer/asan_interface.h>
#endif

#ifndef WEFT__GUARD_MEMORY
#define WEFT__GUARD_MEMORY 0 /* 1 in debug builds */
#endif

typedef struct entry {
    _Atomic(uintptr_t) at; /* 0: nothing */
    size_t size;
    const char *owner;
} entry;

static struct {
    pthread_mutex_t lock;
    entry entries[WEFT__GUARDED_KEPT];
    size_t next;
} given_back = {.lock = PTHREAD_MUTEX_INITIALIZER};

static const char *nobody(void)
{
    return "a thread";
}

const char *(*weft__guarded_owner)(void) = nobody;

/* ---- whether -------------------------------------------------------------------------------- */

#ifndef WEFT__UNDER_ASAN
static bool asked_for(void)
{
    const char *text = getenv("WEFT_GUARD_MEMORY");
    if (text == NULL || *text == '\0')
        return WEFT__GUARD_MEMORY;
    return strcmp(text, "0") != 0;
}
#endif

bool weft__guarding(void)
{
#ifdef WEFT__UNDER_ASAN
    return true;
#else
    static _Atomic(int) known = -1;
    int now = atomic_load_explicit(&known, memory_order_relaxed);
    if (now < 0)
        atomic_store_explicit(&known, now = asked_for(), memory_order_relaxed);
    return now;
#endif
}

/* ---- memory --------------------------------------------------------------------------------- */

void *weft__guarded_take(size_t size, size_t *given)
{
    *given = size;
#ifdef WEFT__UNDER_ASAN
    return malloc(size);
#else
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    if (size > SIZE_MAX / 2)
        return NULL;
    *given = (size + page - 1) & ~(page - 1);
    if (*given <= WEFT_ARENA_CHUNK_SIZE)
        *given = 2 * page;
    void *memory = mmap(NULL, *given, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return memory != MAP_FAILED ? memory : NULL;
#endif
}

static void close_off(void *memory, size_t size)
{
#ifdef WEFT__UNDER_ASAN
    (void)size;
    free(memory);
#else
    /* A new mapping in place of the old one: that gives the memory back, too. */
    const int how = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED;
    (void)!mmap(memory, size, PROT_NONE, how, -1, 0);
#endif
}

static void forget(entry *oldest)
{
    uintptr_t at = atomic_exchange(&oldest->at, 0);
#ifndef WEFT__UNDER_ASAN
    if (at != 0)
        munmap((void *)at, oldest->size);
#else
    (void)at;
#endif
}

void weft__guarded_return(void *memory, size_t size)
{
    pthread_mutex_lock(&given_back.lock);
    entry *into = &given_back.entries[given_back.next++ % WEFT__GUARDED_KEPT];
    forget(into);
    into->size = size;
    into->owner = weft__guarded_owner();
    atomic_store(&into->at, (uintptr_t)memory);
    close_off(memory, size);
    pthread_mutex_unlock(&given_back.lock);
}

/* The newest entry: under AddressSanitizer an address may have been given back twice. */
bool weft__guarded_find(const void *address, const char **owner)
{
    size_t newest = __atomic_load_n(&given_back.next, __ATOMIC_RELAXED);
    for (size_t i = 1; i <= WEFT__GUARDED_KEPT && i <= newest; i++) {
        const entry *at = &given_back.entries[(newest - i) % WEFT__GUARDED_KEPT];
        uintptr_t begin = atomic_load(&at->at);
        if (begin != 0 && (uintptr_t)address - begin < at->size) {
            *owner = at->owner;
            return true;
        }
    }
    return false;
}

/* ---- what AddressSanitizer's report leaves out ---------------------------------------------- */

#ifdef WEFT__UNDER_ASAN
static void explain(const char *report)
{
    const char *owner;
    (void)report;
    if (weft__guarded_find(__asan_get_report_address(), &owner))
        dprintf(STDERR_FILENO,
                "weft: use of memory of %s after its end; copy what is to live longer\n", owner);
}

__attribute__((constructor)) static void explain_reports(void)
{
    __asan_set_error_report_callback(explain);
}
#endif
