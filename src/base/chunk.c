/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * base/chunk.c: the per-thread cache of chunks. Each thread has its own list, touched by that
 * thread alone; a thread-specific destructor frees it when the thread ends.
 */
#include "base/chunk.h"
#include <pthread.h>
#include <stdlib.h>
#include <weft/arena.h>

static _Thread_local weft__chunk *cached;
static _Thread_local unsigned cached_count;
static _Thread_local bool armed; /* the destructor below will run for this thread */

static pthread_key_t at_exit;
static pthread_once_t at_exit_once = PTHREAD_ONCE_INIT;
static bool at_exit_exists;

static void drain(void *unused)
{
    (void)unused;
    while (cached != NULL) {
        weft__chunk *chunk = cached;
        cached = chunk->next;
        free(chunk);
    }
    cached_count = 0;
    armed = false;
}

static void create_key(void)
{
    at_exit_exists = pthread_key_create(&at_exit, drain) == 0;
}

/* Chunks are cached only on a thread that will free them. The key's value says nothing, but must
 * not be NULL for the destructor to run. */
static bool arm(void)
{
    if (!armed) {
        (void)pthread_once(&at_exit_once, create_key);
        armed = at_exit_exists && pthread_setspecific(at_exit, &at_exit) == 0;
    }
    return armed;
}

/* One that is not cached. */
static weft__chunk *create(size_t size)
{
    if (size < WEFT_ARENA_CHUNK_SIZE)
        size = WEFT_ARENA_CHUNK_SIZE;
    weft__chunk *chunk = weft__guarding() ? weft__guarded_take(size, &size) : malloc(size);
    if (chunk != NULL)
        *chunk = (weft__chunk){.size = size};
    return chunk;
}

static void destroy(weft__chunk *chunk)
{
    if (weft__guarding())
        weft__guarded_return(chunk, chunk->size);
    else
        free(chunk);
}

weft__chunk *weft__chunk_take(size_t size)
{
    weft__chunk *chunk = cached;
    if (size <= WEFT_ARENA_CHUNK_SIZE && chunk != NULL) {
        cached = chunk->next;
        cached_count--;
        return chunk;
    }
    return create(size);
}

void weft__chunk_return(weft__chunk *chunk)
{
    if (chunk->size != WEFT__CHUNK_ORDINARY || cached_count == WEFT__CHUNK_CACHE || !arm()) {
        destroy(chunk);
        return;
    }
    chunk->next = cached;
    cached = chunk;
    cached_count++;
}
