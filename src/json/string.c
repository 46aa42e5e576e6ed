/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * json/string.c: strings. Plain ones, nearly all, are used where they stand; others are scanned and
 * checked first, and decoded into the arena when they have escapes.
 */
#include "base/scan.h"
#include "base/utf8.h"
#include "json/reader.h"

/* The value of the four hexadecimal digits at `at`; -1 when they are not. */
static int hex4(const char *at, const char *end)
{
    int value = 0;
    if (end - at < 4)
        return -1;
    for (int i = 0; i < 4; i++) {
        unsigned char letter = (unsigned char)(at[i] | 0x20);
        int digit = at[i] >= '0' && at[i] <= '9'       ? at[i] - '0'
                    : (letter >= 'a' && letter <= 'f') ? letter - 'a' + 10
                                                       : -1;
        if (digit < 0)
            return -1;
        value = value << 4 | digit;
    }
    return value;
}

/* The code point of the \u escape at `at`, with *len its bytes: 6, or 12 for a surrogate pair. -1
 * when it is none or only half of a pair. */
static int32_t unicode_escape(const char *at, const char *end, size_t *len)
{
    int first = hex4(at + 2, end);
    *len = 6;
    if (first < 0xd800 || first > 0xdfff)
        return first;
    bool pair = first < 0xdc00 && end - at >= 12 && at[6] == '\\' && at[7] == 'u';
    int second = pair ? hex4(at + 8, end) : -1;
    if (second < 0xdc00 || second > 0xdfff)
        return -1;
    *len = 12;
    return 0x10000 + ((first - 0xd800) << 10) + (second - 0xdc00);
}

/* The byte that \x stands for, or 0. */
static char short_escape(char byte)
{
    switch (byte) {
    case '"':
    case '\\':
    case '/': return byte;
    case 'b': return '\b';
    case 'f': return '\f';
    case 'n': return '\n';
    case 'r': return '\r';
    case 't': return '\t';
    default: return 0;
    }
}

/* The bytes that the character at `at`, which is not plain, takes up; 0 after a fault. */
static size_t check_special(weft_json_reader *reader, const char *at)
{
    const char *end = reader->end;
    const char *reason = "a control character in a string must be escaped";
    size_t len = 0;
    if ((unsigned char)*at >= 0x80) {
        len = weft__utf8_sequence(at, end);
        reason = "the text is not UTF-8";
    } else if (*at == '\\' && end - at == 1) {
        at = end;
    } else if (*at == '\\' && at[1] == 'u') {
        if (unicode_escape(at, end, &len) < 0)
            len = 0;
        reason = "expected \\u and four hexadecimal digits, surrogates in pairs";
    } else if (*at == '\\') {
        len = short_escape(at[1]) != 0 ? 2 : 0;
        reason = "no such escape in strings";
    }
    if (len == 0)
        weft__json_fault(reader, at, reason);
    return len;
}

bool weft__json_scan_string(weft_json_reader *reader, weft_str *raw, bool *escaped)
{
    const char *start = reader->at + 1, *end = reader->end;
    *escaped = false;
    for (const char *at = weft__skip_plain(start, end); at < end;) {
        if (WEFT_LIKELY(*at == '"')) {
            *raw = (weft_str){start, (size_t)(at - start)};
            reader->at = at + 1;
            return true;
        }
        *escaped |= *at == '\\';
        size_t len = check_special(reader, at);
        if (len == 0)
            return false;
        at += len;
        if (at < end && (unsigned char)*at < 0x80)
            at = weft__skip_plain(at, end);
    }
    weft__json_fault(reader, end, NULL);
    return false;
}

/* ---- decoding -------------------------------------------------------------------------------- */

static size_t put_utf8(char *to, int32_t point)
{
    if (point < 0x80) {
        to[0] = (char)point;
        return 1;
    }
    if (point < 0x800) {
        to[0] = (char)(0xc0 | point >> 6);
        to[1] = (char)(0x80 | (point & 0x3f));
        return 2;
    }
    if (point < 0x10000) {
        to[0] = (char)(0xe0 | point >> 12);
        to[1] = (char)(0x80 | (point >> 6 & 0x3f));
        to[2] = (char)(0x80 | (point & 0x3f));
        return 3;
    }
    to[0] = (char)(0xf0 | point >> 18);
    to[1] = (char)(0x80 | (point >> 12 & 0x3f));
    to[2] = (char)(0x80 | (point >> 6 & 0x3f));
    to[3] = (char)(0x80 | (point & 0x3f));
    return 4;
}

/* Decodes a checked string at `to`, where there is room for all of it: escapes only shrink. */
static size_t unescape(weft_str raw, char *to)
{
    const char *at = raw.at, *end = raw.at + raw.len;
    char *out = to;
    while (at < end) {
        const char *escape = memchr(at, '\\', (size_t)(end - at));
        size_t run = (size_t)((escape != NULL ? escape : end) - at);
        memcpy(out, at, run);
        out += run;
        at += run;
        if (escape == NULL)
            break;
        size_t len = 2;
        if (at[1] == 'u')
            out += put_utf8(out, unicode_escape(at, end, &len));
        else
            *out++ = short_escape(at[1]);
        at += len;
    }
    return (size_t)(out - to);
}

/* A string that is not all plain: with escapes, or beyond ASCII, or faulty. */
static bool take_special(weft_json_reader *reader, weft_str *out)
{
    weft_str raw;
    bool escaped;
    if (!weft__json_scan_string(reader, &raw, &escaped))
        return false;
    if (!escaped) {
        *out = raw;
        return true;
    }
    char *to = weft_arena_alloc(reader->arena, raw.len, 1);
    if (to == NULL) {
        weft__json_no_memory(reader);
        return false;
    }
    *out = (weft_str){to, unescape(raw, to)};
    return true;
}

static inline bool take_plain(weft_json_reader *reader, const char *quote, const char *closing,
                              weft_str *out)
{
    *out = (weft_str){quote + 1, (size_t)(closing - quote) - 1};
    reader->at = closing + 1;
    return true;
}

/* The string whose opening quote is at `quote` and which is plain up to `at`. */
static __attribute__((noinline)) bool take_any_string(weft_json_reader *reader, const char *quote,
                                                      const char *at, weft_str *out)
{
    at = weft__skip_plain(at, reader->end);
    if (at != reader->end && *at == '"')
        return take_plain(reader, quote, at, out);
    reader->at = quote;
    return take_special(reader, out);
}

/* Fast for what is plain and not at the very end of the text. */
static inline bool take_string(weft_json_reader *reader, const char *quote, weft_str *out)
{
    const char *at = weft__skip_plain_blocks(quote + 1, reader->end);
    if (WEFT_UNLIKELY(at == reader->end || *at != '"'))
        return take_any_string(reader, quote, at, out);
    return take_plain(reader, quote, at, out);
}

bool weft__json_take_string(weft_json_reader *reader, weft_str *out)
{
    return take_string(reader, reader->at, out);
}

static __attribute__((noinline)) bool read_any_str(weft_json_reader *reader, weft_str *out)
{
    if (weft__json_peek(reader) == '"')
        return weft__json_take_string(reader, out);
    weft__json_mismatch(reader, "a string");
    return false;
}

bool weft_json_read_str(weft_json_reader *reader, weft_str *out)
{
    const char *at = reader->at;
    if (WEFT_UNLIKELY(at == reader->end || *at != '"'))
        return read_any_str(reader, out);
    return take_string(reader, at, out);
}
