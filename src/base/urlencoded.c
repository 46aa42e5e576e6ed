/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * base/urlencoded.c: percent-decoding, and the pairs of a form or query string.
 */
#include <weft/check.h>
#include <weft/urlencoded.h>

static int hex_value(char byte)
{
    unsigned char letter = (unsigned char)(byte | 0x20);
    if (byte >= '0' && byte <= '9')
        return byte - '0';
    return letter >= 'a' && letter <= 'f' ? letter - 'a' + 10 : -1;
}

static bool is_coded(weft_str s, bool plus)
{
    return s.len != 0 &&
           (memchr(s.at, '%', s.len) != NULL || (plus && memchr(s.at, '+', s.len) != NULL));
}

static size_t decode(weft_str s, bool plus, char *to)
{
    size_t len = 0;
    for (size_t i = 0; i < s.len; i++) {
        char byte = s.at[i];
        bool coded = byte == '%' && s.len - i > 2;
        int high = coded ? hex_value(s.at[i + 1]) : -1, low = coded ? hex_value(s.at[i + 2]) : -1;
        if (high >= 0 && low >= 0) {
            byte = (char)(high << 4 | low);
            i += 2;
        } else if (plus && byte == '+') {
            byte = ' ';
        }
        to[len++] = byte;
    }
    return len;
}

weft_urlencoded_result weft_percent_decode(weft_str s, bool plus, weft_arena *arena, weft_str *out)
{
    *out = s;
    if (is_coded(s, plus)) {
        char *to = weft_arena_alloc(arena, s.len, 1);
        if (to == NULL)
            return WEFT_URLENCODED_NO_MEMORY;
        *out = (weft_str){to, decode(s, plus, to)};
    }
    return weft_utf8_valid(*out) ? WEFT_URLENCODED_OK : WEFT_URLENCODED_INVALID;
}

/* What stands before the first `separator`, taken off *rest, which is not empty, with it; all of
 * *rest when it has none. */
static weft_str take_until(weft_str *rest, char separator)
{
    const char *found = memchr(rest->at, separator, rest->len);
    weft_str before = {rest->at, found != NULL ? (size_t)(found - rest->at) : rest->len};
    *rest = weft_str_skip(*rest, before.len + 1);
    return before;
}

weft_urlencoded_result weft_urlencoded_next(weft_str *rest, weft_arena *arena, weft_str *name,
                                            weft_str *value)
{
    weft_str pair = {NULL, 0};
    while (pair.len == 0) {
        if (rest->len == 0)
            return WEFT_URLENCODED_END;
        pair = take_until(rest, '&');
    }
    weft_str coded_name = take_until(&pair, '=');
    weft_urlencoded_result of_name = weft_percent_decode(coded_name, true, arena, name);
    weft_urlencoded_result of_value = weft_percent_decode(pair, true, arena, value);
    return of_name != WEFT_URLENCODED_OK ? of_name : of_value;
}
