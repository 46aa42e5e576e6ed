/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * base/quote.c: JSON strings. Plain runs are found and copied many bytes at a time; what needs
 * attention is handled one character at a time.
 */
#include "base/scan.h"
#include "base/utf8.h"
#include <weft/buffer.h>

#define WORST 6 /* bytes that one byte may become: \u00XX */

static size_t escape(unsigned char byte, char *to)
{
    static const char shorts[32] = {
        ['\b'] = 'b', ['\t'] = 't', ['\n'] = 'n', ['\f'] = 'f', ['\r'] = 'r'};
    static const char hex[16] = {'0', '1', '2', '3', '4', '5', '6', '7',
                                 '8', '9', 'a', 'b', 'c', 'd', 'e', 'f'};
    to[0] = '\\';
    to[1] = byte >= 0x20 ? (char)byte : shorts[byte];
    if (to[1] != 0)
        return 2;
    memcpy(to + 1, "u00", 3);
    to[4] = hex[byte >> 4];
    to[5] = hex[byte & 15];
    return WORST;
}

/* Writes the character at `at`, which is not plain; returns how many bytes of the source it is. */
static size_t write_special(const char *at, const char *end, char *to, size_t *written)
{
    if ((unsigned char)*at < 0x80) {
        *written = escape((unsigned char)*at, to);
        return 1;
    }
    size_t len = weft__utf8_sequence(at, end);
    if (len == 0) {
        memcpy(to, "\xef\xbf\xbd", 3); /* U+FFFD */
        *written = 3;
        return 1;
    }
    memcpy(to, at, len);
    *written = len;
    return len;
}

/* The rest of a string from its first character that is not plain, and the closing quote, at
 * `to`. */
static __attribute__((noinline)) char *put_rest(weft_buffer *buffer, char *to, weft_str rest,
                                                size_t more)
{
    const char *at = rest.at, *end = rest.at + rest.len;
    buffer->len = (size_t)(to - buffer->at);
    while (at < end) {
        to = weft_buffer_reserve(buffer, (size_t)(end - at) + WORST);
        if (to == NULL)
            return NULL;
        size_t written;
        at += write_special(at, end, to, &written);
        size_t run = weft__copy_plain(at, (size_t)(end - at), to + written);
        buffer->len += written + run;
        at += run;
    }
    to = weft_buffer_reserve(buffer, more + 1);
    if (to == NULL)
        return NULL;
    *to = '"';
    return to + 1;
}

static WEFT_COLD char *put_elsewhere(weft_buffer *buffer, const char *at, const char *text,
                                     size_t len, size_t more)
{
    size_t wanted;
    buffer->len = (size_t)(at - buffer->at);
    if (__builtin_add_overflow(len, more + 2, &wanted))
        wanted = SIZE_MAX; /* which no buffer has */
    char *to = weft_buffer_reserve(buffer, wanted);
    return to != NULL ? weft__buffer_put_quoted(buffer, to, text, len, more) : NULL;
}

/* After the opening quote and `run` plain bytes. */
static inline char *put_after(weft_buffer *buffer, char *at, const char *text, size_t len,
                              size_t run, size_t more)
{
    at += run;
    if (WEFT_UNLIKELY(run != len))
        return put_rest(buffer, at, (weft_str){text + run, len - run}, more);
    *at = '"';
    return at + 1;
}

/* Less than a word: kept apart, so that the others need no registers saved. */
static __attribute__((noinline)) char *put_short(weft_buffer *buffer, char *at, const char *text,
                                                 size_t len, size_t more)
{
    return put_after(buffer, at, text, len, weft__copy_plain_bytes(text, len, at), more);
}

char *weft__buffer_put_quoted(weft_buffer *buffer, char *at, const char *text, size_t len,
                              size_t more)
{
    size_t fixed = more + 2, room = buffer->capacity - (size_t)(at - buffer->at);
    if (WEFT_UNLIKELY(room < fixed || room - fixed < len))
        return put_elsewhere(buffer, at, text, len, more);
    *at++ = '"';
    if (len >= WEFT__BLOCK)
        return put_after(buffer, at, text, len, weft__copy_plain_blocks(text, len, at), more);
    if (len >= 8)
        return put_after(buffer, at, text, len, weft__copy_plain_words(text, len, at), more);
    return put_short(buffer, at, text, len, more);
}

void weft_buffer_append_quoted(weft_buffer *buffer, weft_str s)
{
    char *at = weft_buffer_reserve(buffer, 2);
    if (WEFT_LIKELY(at != NULL))
        at = weft__buffer_put_quoted(buffer, at, s.at, s.len, 0);
    if (WEFT_LIKELY(at != NULL))
        buffer->len = (size_t)(at - buffer->at);
}
