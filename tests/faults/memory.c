/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Allocations that fail. The program defines the allocator's functions, so what libpq, SQLite, zlib
 * and the C library allocate fails, too; a sanitizer's allocator stays beneath them. Fiber stacks
 * and threads are made to fail where the library makes them (--wrap). Arenas take a chunk for each
 * allocation here, and each chunk from the allocator: so each of theirs fails, too.
 */
#include "base/chunk.h"
#include "faults.h"
#include <errno.h>
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define BENEATH(name) __interceptor_##name
#else
#define BENEATH(name) __libc_##name
#endif
void *BENEATH(malloc)(size_t size);
void *BENEATH(calloc)(size_t count, size_t size);
void *BENEATH(realloc)(void *old, size_t size);
void *BENEATH(memalign)(size_t align, size_t size);

static bool fails(void)
{
    if (!fault_now(FAULT_MEMORY))
        return false;
    errno = ENOMEM;
    return true;
}

void *malloc(size_t size)
{
    return fails() ? NULL : BENEATH(malloc)(size);
}

void *calloc(size_t count, size_t size)
{
    return fails() ? NULL : BENEATH(calloc)(count, size);
}

void *realloc(void *old, size_t size)
{
    return fails() ? NULL : BENEATH(realloc)(old, size);
}

void *aligned_alloc(size_t align, size_t size)
{
    return fails() ? NULL : BENEATH(memalign)(align, size);
}

int posix_memalign(void **memory, size_t align, size_t size)
{
    if (fails())
        return ENOMEM;
    *memory = BENEATH(memalign)(align, size);
    return *memory != NULL ? 0 : ENOMEM;
}

/* A sanitizer's own would not come by here. */
char *strdup(const char *text)
{
    size_t size = strlen(text) + 1;
    char *copy = malloc(size);
    return copy != NULL ? memcpy(copy, text, size) : NULL;
}

void *__wrap_mmap(void *at, size_t size, int protection, int flags, int file, off_t offset);
void *__real_mmap(void *at, size_t size, int protection, int flags, int file, off_t offset);
void *__wrap_mmap(void *at, size_t size, int protection, int flags, int file, off_t offset)
{
    return fails() ? MAP_FAILED : __real_mmap(at, size, protection, flags, file, offset);
}

int __wrap_mprotect(void *at, size_t size, int protection);
int __real_mprotect(void *at, size_t size, int protection);
int __wrap_mprotect(void *at, size_t size, int protection)
{
    return fails() ? -1 : __real_mprotect(at, size, protection);
}

/* What a thread runs, once it sees failures. */
typedef struct start {
    void *(*run)(void *);
    void *arg;
} start;

static void *expose(void *arg)
{
    start this = *(start *)arg;
    free(arg);
    fault_spare(false);
    return this.run(this.arg);
}

int __wrap_pthread_create(pthread_t *thread, const pthread_attr_t *options, void *(*run)(void *),
                          void *arg);
int __real_pthread_create(pthread_t *thread, const pthread_attr_t *options, void *(*run)(void *),
                          void *arg);
int __wrap_pthread_create(pthread_t *thread, const pthread_attr_t *options, void *(*run)(void *),
                          void *arg)
{
    start *started = BENEATH(malloc)(sizeof *started);
    if (started == NULL || fails()) {
        free(started);
        return EAGAIN;
    }
    *started = (start){run, arg};
    int error = __real_pthread_create(thread, options, expose, started);
    if (error != 0)
        free(started);
    return error;
}

void *__wrap_weft__arena_grow(weft_arena *arena, size_t size, size_t align);
void *__real_weft__arena_grow(weft_arena *arena, size_t size, size_t align);
void *__wrap_weft__arena_grow(weft_arena *arena, size_t size, size_t align)
{
    void *memory = __real_weft__arena_grow(arena, size, align);
    arena->at = arena->end;
    return memory;
}

weft__chunk *__wrap_weft__chunk_take(size_t size);
weft__chunk *__wrap_weft__chunk_take(size_t size)
{
    if (size < WEFT_ARENA_CHUNK_SIZE)
        size = WEFT_ARENA_CHUNK_SIZE;
    weft__chunk *chunk = malloc(size);
    if (chunk != NULL)
        *chunk = (weft__chunk){.size = size};
    return chunk;
}

void __wrap_weft__chunk_return(weft__chunk *chunk);
void __wrap_weft__chunk_return(weft__chunk *chunk)
{
    free(chunk);
}

/* What others leak when memory runs out; nothing of ours. */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
    return "leak:regcomp\n"; /* the C library's does not free what it had when it fails */
}

/* Beyond functions without frame pointers, of which other libraries are full. */
const char *__asan_default_options(void);
const char *__asan_default_options(void)
{
    return "fast_unwind_on_malloc=0";
}
