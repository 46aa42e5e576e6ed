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

/* The rest of a string from its first character that is not plain, and the closing quote. */
static __attribute__((noinline)) void append_rest(weft_buffer *buffer, const char *at,
                                                  const char *end)
{
    while (at < end) {
        char *to = weft_buffer_reserve(buffer, (size_t)(end - at) + WORST + 1);
        if (to == NULL)
            return;
        size_t written;
        at += write_special(at, end, to, &written);
        const char *special = weft__copy_plain(at, end, to + written);
        buffer->len += written + (size_t)(special - at);
        at = special;
    }
    weft_buffer_append(buffer, "\"", 1);
}

void weft_buffer_append_quoted(weft_buffer *buffer, weft_str s)
{
    char *to = s.len < SIZE_MAX - 2 ? weft_buffer_reserve(buffer, s.len + 2) : NULL;
    if (to == NULL)
        return;
    *to++ = '"';
    if (s.len == 0) {
        *to = '"';
        buffer->len += 2;
        return;
    }
    const char *end = s.at + s.len;
    const char *special = weft__copy_plain(s.at, end, to);
    size_t run = (size_t)(special - s.at);
    buffer->len += run + 1;
    if (WEFT_UNLIKELY(special < end)) {
        append_rest(buffer, special, end);
        return;
    }
    to[run] = '"';
    buffer->len++;
}
