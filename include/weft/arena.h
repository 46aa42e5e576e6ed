/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * weft/arena.h: memory that is freed all at once. An arena hands out pieces of chunks by moving a
 * pointer; finishing it gives the chunks back to a per-thread cache, so that in the steady state a
 * request costs no malloc. What a handler is given lives in its request's arena, until the response
 * is sent. An arena belongs to one fiber or thread at a time.
 */
#ifndef WEFT_ARENA_H
#define WEFT_ARENA_H

#include <weft/base.h>

#define WEFT_ARENA_CHUNK_SIZE    4096        /* bytes of an ordinary chunk, its header included */
#define WEFT_ARENA_DEFAULT_LIMIT (64u << 20) /* bytes of all chunks of one arena */

struct weft__chunk;

typedef struct weft_arena {
    char *at;                   /* the next free byte */
    char *end;                  /* one past the last free byte of the current chunk */
    struct weft__chunk *chunks; /* newest first */
    size_t reserved;            /* bytes of all chunks */
    size_t limit;               /* refuse beyond; 0 means WEFT_ARENA_DEFAULT_LIMIT */
} weft_arena;

/* An empty arena; allocates nothing yet. `limit` in bytes, 0 for the default. */
static inline void weft_arena_init(weft_arena *arena, size_t limit)
{
    *arena = (weft_arena){.limit = limit ? limit : WEFT_ARENA_DEFAULT_LIMIT};
}

/* Frees everything; the arena is empty and usable again. */
void weft_arena_reset(weft_arena *arena) WEFT_NONNULL(1);

void *weft__arena_grow(weft_arena *arena, size_t size, size_t align);

/* `size` bytes aligned to `align` (a power of two, at most 4096), not zeroed; NULL when the system
 * or the arena's limit is exhausted. size 0 gives a unique valid pointer or the current one. */
static inline void *weft_arena_alloc(weft_arena *arena, size_t size, size_t align)
{
    uintptr_t at = ((uintptr_t)arena->at + (align - 1)) & ~(uintptr_t)(align - 1);
    uintptr_t end = (uintptr_t)arena->end;
    if (WEFT_UNLIKELY(at > end || size > end - at || arena->at == NULL))
        return weft__arena_grow(arena, size, align);
    arena->at = (char *)(at + size);
    return (void *)at;
}

/* An uninitialised T; an array of n T; NULL as above. */
#define WEFT_NEW(arena, T)          ((T *)weft_arena_alloc((arena), sizeof(T), _Alignof(T)))
#define WEFT_NEW_ARRAY(arena, T, n) ((T *)weft__arena_array((arena), sizeof(T), _Alignof(T), (n)))
void *weft__arena_array(weft_arena *arena, size_t size, size_t align, size_t count);

/* Copies into the arena. On exhaustion `copy` returns false and leaves *out alone. */
bool weft_arena_copy(weft_arena *arena, weft_str s, weft_str *out) WEFT_NODISCARD;

/* printf into the arena, NUL-terminated (the NUL is not counted); {NULL, 0} on exhaustion. */
weft_str weft_arena_printf(weft_arena *arena, const char *format, ...) WEFT_PRINTF(2, 3);

/* The arena of whatever runs here: in a handler the request's; in another fiber the fiber's; on a
 * plain thread one that lives until the thread ends. Never NULL. */
weft_arena *weft_arena_current(void) WEFT_RETURNS_NONNULL;

#endif
