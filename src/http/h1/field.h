/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * http/h1/field.h: one field line (RFC 9112 section 5), read in two ways: a quick one for lines as
 * nearly all are, which says nothing about others, and the one that decides. Both are here so that
 * a test can hold one against the other.
 */
#ifndef WEFT_HTTP_H1_FIELD_H
#define WEFT_HTTP_H1_FIELD_H

#include "http/classes.h"
#include "http/h1/head.h"
#include "http/h1/scan.h"

/* A name of letters and '-', ':', at most one space, a value of printable ASCII that does not end
 * with a space, CR LF, in a block of bytes at least. The place after it; or NULL: then
 * weft__field_line has to read it. The line's end is looked for from its beginning, not behind the
 * colon, so that the processor can be at the next line before it knows where the colon is. */
WEFT__INLINE const char *weft__usual_field_line(const char *at, const char *end, weft__field *out)
{
    if (WEFT_UNLIKELY(end - at < WEFT__BLOCK))
        return NULL;
    const char *stop = weft__scan(at, at, end, weft__stops_text);
    const char *colon = weft__scan(at, at, end, weft__stops_word);
    if (WEFT_UNLIKELY(end - stop < 2 || memcmp(stop, "\r\n", 2) != 0 || *colon != ':' ||
                      colon == at || stop[-1] == ' '))
        return NULL;
    const char *value = colon + 1 + (colon[1] == ' ');
    if (WEFT_UNLIKELY(*value == ' '))
        return NULL;
    out->name = (weft_str){at, (size_t)(colon - at)};
    out->value = (weft_str){value, (size_t)(stop - value)};
    return stop + 2;
}

/* Any. The place after it; or NULL: the head ends there. */
const char *weft__field_line(weft__h1_head *head, const char *at, weft__field *out);

#endif
