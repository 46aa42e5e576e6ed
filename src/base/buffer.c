/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * base/buffer.c: growth of a buffer inside its arena.
 */
#include <stdarg.h>
#include <stdio.h>
#include <weft/buffer.h>

#define FIRST_CAPACITY 256

/* The bytes after the buffer are still free when it was the last to be allocated from the chunk. */
static bool extend_in_place(weft_buffer *buffer, size_t wanted)
{
    weft_arena *arena = buffer->arena;
    if (buffer->at == NULL || buffer->at + buffer->capacity != arena->at)
        return false;
    size_t room = buffer->capacity + (size_t)(arena->end - arena->at);
    if (room < wanted)
        return false;
    arena->at = buffer->at + wanted;
    buffer->capacity = wanted;
    return true;
}

static bool move(weft_buffer *buffer, size_t wanted)
{
    char *at = weft_arena_alloc(buffer->arena, wanted, 1);
    if (at == NULL)
        return false;
    if (buffer->at != NULL)
        memcpy(at, buffer->at, buffer->len);
    buffer->at = at;
    buffer->capacity = wanted;
    return true;
}

/* The first room of most buffers, from the arena's current chunk. */
static inline bool begin(weft_buffer *buffer, size_t more)
{
    weft_arena *arena = buffer->arena;
    if (buffer->at != NULL || more > FIRST_CAPACITY || buffer->failed || arena->at == NULL ||
        (size_t)(arena->end - arena->at) < FIRST_CAPACITY)
        return false;
    buffer->at = arena->at;
    buffer->capacity = FIRST_CAPACITY;
    arena->at += FIRST_CAPACITY;
    return true;
}

static __attribute__((noinline)) bool make_room(weft_buffer *buffer, size_t more)
{
    size_t needed;
    if (buffer->failed || __builtin_add_overflow(buffer->len, more, &needed))
        return false;
    size_t wanted = buffer->capacity > SIZE_MAX / 2 ? needed : buffer->capacity * 2;
    if (wanted < FIRST_CAPACITY)
        wanted = FIRST_CAPACITY;
    if (wanted < needed)
        wanted = needed;
    return extend_in_place(buffer, wanted) || extend_in_place(buffer, needed) ||
           move(buffer, wanted) || move(buffer, needed);
}

bool weft__buffer_grow(weft_buffer *buffer, size_t more)
{
    if (WEFT_LIKELY(begin(buffer, more) || make_room(buffer, more)))
        return true;
    buffer->failed = true;
    buffer->capacity = buffer->len; /* so that small appends find no room either */
    return false;
}

void weft__buffer_expect(weft_buffer *buffer, size_t more)
{
    (void)(begin(buffer, more) || make_room(buffer, more));
}

void weft_buffer_printf(weft_buffer *buffer, const char *format, ...)
{
    va_list arguments, again;
    va_start(arguments, format);
    va_copy(again, arguments);
    size_t room = buffer->capacity - buffer->len;
    char *at = room != 0 ? buffer->at + buffer->len : NULL;
    int len = vsnprintf(at, room, format, arguments);
    if (len >= 0 && (size_t)len >= room) {
        at = weft_buffer_reserve(buffer, (size_t)len + 1); /* vsnprintf ends with a NUL */
        if (at != NULL)
            (void)vsnprintf(at, (size_t)len + 1, format, again);
    }
    if (len >= 0 && at != NULL)
        buffer->len += (size_t)len;
    va_end(again);
    va_end(arguments);
}
