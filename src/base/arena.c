/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * base/arena.c: the part of the arena that is not a moved pointer: new chunks, copies, printf.
 */
#include "base/chunk.h"
#include "base/format.h"
#include <stdio.h>
#include <weft/arena.h>

#ifdef WEFT__UNDER_ASAN
#include <sanitizer/asan_interface.h>
#endif

/* What asks for more gets a chunk of its own, so that the rest of the current one stays in use. */
#define LARGE (WEFT_ARENA_CHUNK_SIZE / 4)

/* A chunk with room for `size` bytes, counted against the limit; not yet in the list. */
static weft__chunk *reserve(weft_arena *arena, size_t size)
{
    size_t limit = arena->limit != 0 ? arena->limit : WEFT_ARENA_DEFAULT_LIMIT;
    size_t total = sizeof(weft__chunk) + size;
    if (total < WEFT_ARENA_CHUNK_SIZE)
        total = WEFT_ARENA_CHUNK_SIZE;
    if (arena->reserved > limit || total > limit - arena->reserved)
        return NULL;
    weft__chunk *chunk = weft__chunk_take(total);
    if (chunk != NULL)
        arena->reserved += chunk->size;
    return chunk;
}

static char *align_up(char *at, size_t align)
{
    size_t past = (uintptr_t)at & (align - 1);
    return past != 0 ? at + (align - past) : at;
}

#ifdef WEFT__UNDER_ASAN

/* The arena never shows room, so that every piece comes here, even from code that was compiled
 * without AddressSanitizer. Between two pieces lies what must not be touched. */
#define REDZONE 16

static void fill(weft_arena *arena, const weft__chunk *chunk)
{
    (void)arena, (void)chunk;
}

/* A piece of the chunk, or NULL when it has no room. */
static void *cut(weft__chunk *chunk, size_t size, size_t align)
{
    char *end = (char *)chunk + chunk->size, *at = align_up(chunk->at, align);
    if (at > end || size + REDZONE > (size_t)(end - at))
        return NULL;
    ASAN_UNPOISON_MEMORY_REGION(at, size);
    chunk->at = at + size + REDZONE;
    return at;
}

void *weft__arena_grow(weft_arena *arena, size_t size, size_t align)
{
    if (size > SIZE_MAX / 2 || align > WEFT_ARENA_CHUNK_SIZE)
        return NULL;
    if (align < 8) /* what is poisoned ends at a multiple of it */
        align = 8;
    void *piece = arena->chunks != NULL ? cut(arena->chunks, size, align) : NULL;
    if (piece != NULL)
        return piece;
    size_t padded = size + align + REDZONE;
    weft__chunk *chunk = reserve(arena, padded), **link = &arena->chunks;
    if (chunk == NULL)
        return NULL;
    chunk->at = (char *)(chunk + 1);
    ASAN_POISON_MEMORY_REGION(chunk->at, chunk->size - sizeof *chunk);
    if (padded > LARGE && *link != NULL)
        link = &(*link)->next;
    chunk->next = *link;
    *link = chunk;
    return cut(chunk, size, align);
}

#else

static void fill(weft_arena *arena, weft__chunk *chunk)
{
    arena->at = arena->end = (char *)chunk + chunk->size;
}

/* A chunk for one large piece goes second in the list: the first one goes on serving small ones. */
static void *grow_large(weft_arena *arena, size_t size, size_t align)
{
    weft__chunk *chunk = reserve(arena, size);
    if (chunk == NULL)
        return NULL;
    weft__chunk **link = arena->chunks != NULL ? &arena->chunks->next : &arena->chunks;
    chunk->next = *link;
    *link = chunk;
    if (arena->at == NULL)
        fill(arena, chunk);
    return align_up((char *)(chunk + 1), align);
}

void *weft__arena_grow(weft_arena *arena, size_t size, size_t align)
{
    if (size > SIZE_MAX / 2 || align > WEFT_ARENA_CHUNK_SIZE)
        return NULL;
    size_t padded = size + align; /* room to align within the chunk */
    if (padded > LARGE)
        return grow_large(arena, padded, align);
    weft__chunk *chunk = reserve(arena, padded);
    if (chunk == NULL)
        return NULL;
    chunk->next = arena->chunks;
    arena->chunks = chunk;
    char *at = align_up((char *)(chunk + 1), align);
    arena->at = at + size;
    arena->end = (char *)chunk + chunk->size;
    return at;
}

#endif

void weft_arena_reset(weft_arena *arena)
{
    for (weft__chunk *chunk = arena->chunks, *next; chunk != NULL; chunk = next) {
        next = chunk->next;
        weft__chunk_return(chunk);
    }
    *arena = (weft_arena){.limit = arena->limit};
}

void weft__arena_rewind(weft_arena *arena)
{
    weft__chunk *chunk = arena->chunks;
    if (chunk != NULL && chunk->next == NULL && chunk->size == WEFT__CHUNK_ORDINARY) {
        arena->at = (char *)(chunk + 1);
        arena->end = (char *)chunk + chunk->size;
        return;
    }
    weft_arena_reset(arena);
}

void weft__arena_give(weft_arena *to, weft_arena *from)
{
    weft__chunk *first = from->chunks, *last = first;
    if (first == NULL)
        return;
    while (last->next != NULL)
        last = last->next;
    weft__chunk **link = to->chunks != NULL ? &to->chunks->next : &to->chunks;
    last->next = *link;
    *link = first;
    to->reserved += from->reserved;
    if (to->at == NULL)
        fill(to, first);
    *from = (weft_arena){.limit = from->limit};
}

void *weft__arena_array(weft_arena *arena, size_t size, size_t align, size_t count)
{
    size_t total;
    if (__builtin_mul_overflow(size, count, &total))
        return NULL;
    return weft_arena_alloc(arena, total, align);
}

bool weft_arena_copy(weft_arena *arena, weft_str s, weft_str *out)
{
    char *at = weft_arena_alloc(arena, s.len, 1);
    if (at == NULL)
        return false;
    if (s.len != 0)
        memcpy(at, s.at, s.len);
    *out = (weft_str){at, s.len};
    return true;
}

weft_str weft__arena_vprintf(weft_arena *arena, const char *format, va_list arguments)
{
    va_list again;
    va_copy(again, arguments);
    int len = vsnprintf(NULL, 0, format, again);
    va_end(again);
    char *at = len >= 0 ? weft_arena_alloc(arena, (size_t)len + 1, 1) : NULL;
    if (at == NULL)
        return (weft_str){NULL, 0};
    (void)vsnprintf(at, (size_t)len + 1, format, arguments);
    return (weft_str){at, (size_t)len};
}

weft_str weft_arena_printf(weft_arena *arena, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    weft_str text = weft__arena_vprintf(arena, format, arguments);
    va_end(arguments);
    return text;
}
