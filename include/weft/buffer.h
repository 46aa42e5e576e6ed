/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * weft/buffer.h: bytes that grow inside an arena. Writers append without checking each time; a
 * buffer that could not grow is marked `failed`, keeps what it has, and ignores later appends, so
 * that one check at the end is enough.
 */
#ifndef WEFT_BUFFER_H
#define WEFT_BUFFER_H

#include <weft/arena.h>

typedef struct weft_buffer {
    char *at;          /* the bytes; NULL until the first append */
    size_t len;        /* bytes written */
    size_t capacity;   /* bytes allocated */
    weft_arena *arena; /* where growth comes from; owns the bytes */
    bool failed;       /* an append was lost for want of memory */
} weft_buffer;

static inline void weft_buffer_init(weft_buffer *buffer, weft_arena *arena)
{
    *buffer = (weft_buffer){.arena = arena};
}

bool weft__buffer_grow(weft_buffer *buffer, size_t more);

/* Room for `more` bytes at the returned address; NULL when memory is exhausted (and then marked).
 * The caller writes at most `more` bytes and adds what it wrote to `len`. */
static inline char *weft_buffer_reserve(weft_buffer *buffer, size_t more)
{
    if (WEFT_UNLIKELY(buffer->capacity - buffer->len < more) && !weft__buffer_grow(buffer, more))
        return NULL;
    return buffer->at + buffer->len;
}

void weft__buffer_expect(weft_buffer *buffer, size_t more);

/* Says that about `more` bytes will follow, so that the buffer need not grow in steps. Promises
 * nothing: no room is no failure yet. */
static inline void weft_buffer_expect(weft_buffer *buffer, size_t more)
{
    if (WEFT_UNLIKELY(buffer->capacity - buffer->len < more))
        weft__buffer_expect(buffer, more);
}

static inline void weft_buffer_append(weft_buffer *buffer, const void *bytes, size_t len)
{
    char *to = len != 0 ? weft_buffer_reserve(buffer, len) : NULL;
    if (WEFT_LIKELY(to != NULL)) {
        memcpy(to, bytes, len);
        buffer->len += len;
    }
}

static inline void weft_buffer_append_str(weft_buffer *buffer, weft_str s)
{
    weft_buffer_append(buffer, s.at, s.len);
}

void weft_buffer_printf(weft_buffer *buffer, const char *format, ...) WEFT_PRINTF(2, 3);

/* Appends `s` as a JSON string, quotes included (RFC 8259 section 7): `"`, `\` and control
 * characters escaped, everything else as it is. Invalid UTF-8 becomes U+FFFD, so that the result is
 * always valid JSON. The one JSON quoting of Weft: log, json and problem documents use it. */
void weft_buffer_append_quoted(weft_buffer *buffer, weft_str s);

/* The same at `at` in the buffer, up to which all is written, whatever buffer->len says; returns
 * what is after it, where there is room for `more` bytes, at most SIZE_MAX - 2. NULL: memory is
 * out. */
char *weft__buffer_put_quoted(weft_buffer *buffer, char *at, const char *text, size_t len,
                              size_t more);

/* What was written, as a view into the buffer. */
static inline weft_str weft_buffer_str(const weft_buffer *buffer)
{
    return (weft_str){buffer->at, buffer->len};
}

#endif
