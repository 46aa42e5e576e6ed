/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * http/h1/field.c: any field line; what it promises stands in http/h1/field.h.
 */
#include "http/h1/field.h"

static WEFT_COLD const char *bad_name(weft__h1_head *head, const char *at, const char *from)
{
    const char *reason = "a field name with a byte that is not allowed";
    if (at == from && (*at == ' ' || *at == '\t'))
        reason = "a line that begins with whitespace (line folding)";
    else if (at == from && *at == ':')
        reason = "a field without a name";
    else if (*at == ' ' || *at == '\t')
        reason = "whitespace between a field name and its colon";
    else if (*at == '\r' || *at == '\n')
        reason = "a field line without a colon";
    return weft__h1_refuse(head, WEFT_HTTP_BAD_REQUEST, reason);
}

static inline const char *field_name(weft__h1_head *head, const char *from, weft_str *name)
{
    const char *end = head->end;
    const char *at = weft__scan(head->start, from, end, weft__stops_plain);
    while (at < end && WEFT_UNLIKELY(*at != ':') && weft__http_is(*at, WEFT__TOKEN))
        at = weft__scan(head->start, at + 1, end, weft__stops_plain);
    if (WEFT_UNLIKELY(at == end))
        return weft__h1_short(head);
    if (WEFT_UNLIKELY(*at != ':' || at == from))
        return bad_name(head, at, from);
    *name = (weft_str){from, (size_t)(at - from)};
    return at + 1;
}

static WEFT_COLD const char *bad_value(weft__h1_head *head, const char *at)
{
    const char *reason = "a field value with a control character";
    if (*at == '\n' || *at == '\r')
        reason = "a line that does not end with CR LF";
    return weft__h1_refuse(head, WEFT_HTTP_BAD_REQUEST, reason);
}

static inline bool blank(char c)
{
    return c == ' ' || c == '\t';
}

/* The value without outer whitespace, and the line's CR LF. */
static inline const char *field_value(weft__h1_head *head, const char *from, weft_str *value)
{
    const char *end = head->end;
    while (from < end && blank(*from))
        from++;
    const char *at = weft__scan(head->start, from, end, weft__stops_value);
    while (at < end && WEFT_UNLIKELY(*at == '\t'))
        at = weft__scan(head->start, at + 1, end, weft__stops_value);
    if (WEFT_UNLIKELY(at == end || (*at == '\r' && at + 1 == end)))
        return weft__h1_short(head);
    if (WEFT_UNLIKELY(*at != '\r' || at[1] != '\n'))
        return bad_value(head, at);
    const char *next = at + 2;
    while (at > from && blank(at[-1]))
        at--;
    *value = (weft_str){from, (size_t)(at - from)};
    return next;
}

const char *weft__field_line(weft__h1_head *head, const char *at, weft__field *out)
{
    at = field_name(head, at, &out->name);
    return WEFT_LIKELY(at != NULL) ? field_value(head, at, &out->value) : NULL;
}
