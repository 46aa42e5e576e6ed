/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * http/url.c: percent-decoding as RFC 3986 section 2.1 has it, on top of the forgiving one of base,
 * and the pairs of a query string.
 */
#include "http/url.h"
#include "http/message.h"
#include <weft/urlencoded.h>

static bool escapes_valid(weft_str raw)
{
    for (size_t i = 0; i < raw.len; i++) {
        if (raw.at[i] != '%')
            continue;
        if (raw.len - i < 3 || !weft__http_is(raw.at[i + 1], WEFT__HEX) ||
            !weft__http_is(raw.at[i + 2], WEFT__HEX))
            return false;
        i += 2;
    }
    return true;
}

static __attribute__((noinline)) bool decode(weft_str raw, bool plus_is_space, weft_arena *arena,
                                             weft_str *out)
{
    weft_str text;
    if (!escapes_valid(raw) ||
        weft_percent_decode(raw, plus_is_space, arena, &text) != WEFT_URLENCODED_OK)
        return false;
    if (text.len != 0 && memchr(text.at, '\0', text.len) != NULL)
        return false;
    *out = text.at ? text : WEFT_STR("");
    return true;
}

bool weft__url_decode(weft_str raw, bool plus_is_space, weft_arena *arena, weft_str *out)
{
    if (WEFT_UNLIKELY(!weft__url_plain(raw)))
        return decode(raw, plus_is_space, arena, out);
    *out = raw;
    return true;
}

bool weft__query_next(weft_str *rest, weft_str *name, weft_str *value)
{
    while (rest->len != 0) {
        weft_str pair = weft__cut(rest, '&');
        if (pair.len != 0) {
            *value = pair;
            *name = weft__cut(value, '=');
            return true;
        }
    }
    return false;
}

size_t weft__query_find(weft_str query, weft_str name, weft_arena *arena, weft_str *value)
{
    size_t count = 0;
    weft_str rest = query, sent, its, decoded;
    while (weft__query_next(&rest, &sent, &its))
        if (weft__url_decode(sent, true, arena, &decoded) && weft_str_equal(decoded, name) &&
            count++ == 0)
            *value = its;
    return count;
}
