/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * base/chunk.h: the pieces of memory that arenas are made of, and the per-thread cache of those of
 * ordinary size. A chunk may be returned on another thread than the one that took it.
 */
#ifndef WEFT_BASE_CHUNK_H
#define WEFT_BASE_CHUNK_H

#include "base/guarded.h"

#define WEFT__CHUNK_CACHE 256 /* ordinary chunks that a thread keeps for reuse: 1 MiB */

/* Bytes of a chunk that is kept for reuse. */
#ifdef WEFT__UNDER_ASAN
#define WEFT__CHUNK_ORDINARY 0 /* none is */
#else
#define WEFT__CHUNK_ORDINARY WEFT_ARENA_CHUNK_SIZE
#endif

typedef struct weft__chunk {
    struct weft__chunk *next; /* in its arena's list, or in the cache */
    size_t size;              /* bytes, this header included */
#ifdef WEFT__UNDER_ASAN
    char *at; /* the next free byte */
    size_t unused;
#endif
} weft__chunk;

_Static_assert(sizeof(weft__chunk) % 16 == 0, "what follows the header is aligned for any type");

/* A chunk of at least `size` bytes, its header included; NULL when the system has none left. */
weft__chunk *weft__chunk_take(size_t size);

/* As weft_arena_reset, but an ordinary chunk may stay in the arena: for arenas that are used again
 * at once. When guarding no chunk is ordinary. */
void weft__arena_rewind(weft_arena *arena);

/* Makes what `from` holds part of `to`, counted against its limit; `from` is empty afterwards. */
void weft__arena_give(weft_arena *to, weft_arena *from);

/* Gives it back. */
void weft__chunk_return(weft__chunk *chunk);

#endif
