/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * http/url.h: percent-decoding and query strings, for captures and parameters. Strict: what does
 * not decode to UTF-8 text without NUL is refused.
 */
#ifndef WEFT_HTTP_URL_H
#define WEFT_HTTP_URL_H

#include "http/classes.h"
#include <weft/arena.h>

/* Short, and without anything to be decoded or refused: most parameters are. */
static inline bool weft__url_plain(weft_str raw)
{
    enum { SHORT = 32 }; /* longer ones are looked through faster in blocks */
    if (raw.len - 1 >= SHORT)
        return false;
    for (size_t i = 0; i < raw.len; i++)
        if (!weft__http_is(raw.at[i], WEFT__ITSELF))
            return false;
    return true;
}

/* Decodes "%hh", and "+" as a space where `plus_is_space` (forms and queries). *out is `raw` itself
 * when there is nothing to decode, else a copy in the arena; never {NULL, 0}. False: an incomplete
 * or malformed escape, bytes that are not UTF-8, NUL, or no memory. */
bool weft__url_decode(weft_str raw, bool plus_is_space, weft_arena *arena, weft_str *out)
    WEFT_NODISCARD;

/* The next "name=value" of a query or form, both as sent; false at the end. *rest is the query at
 * first. Empty pairs ("a=1&&b=2") are passed over; a name without "=" has the value {NULL, 0}. */
bool weft__query_next(weft_str *rest, weft_str *name, weft_str *value) WEFT_NODISCARD;

/* How often the parameter `name` occurs; *value is the first value as sent, for weft__url_decode.
 * More than one occurrence is ambiguous where one value is wanted: refuse it. A pair whose name
 * does not decode is no parameter of any name. */
size_t weft__query_find(weft_str query, weft_str name, weft_arena *arena, weft_str *value);

#endif
