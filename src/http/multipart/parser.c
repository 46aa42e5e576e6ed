/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * http/multipart/parser.c: the parts of a form. What may be a delimiter is recognised by comparing;
 * since CR stands only at its beginning, a comparison that fails can only start anew at the byte
 * where it failed.
 */
#include "http/multipart/parser.h"
#include "http/classes.h"

static bool is_boundary(weft_str s)
{
    for (size_t i = 0; i < s.len; i++) {
        char letter = (char)(s.at[i] | 0x20);
        bool alphanumeric = weft__http_digit(s.at[i]) || (letter >= 'a' && letter <= 'z');
        if (!alphanumeric && (s.at[i] == '\0' || strchr("'()+_,-./:=? ", s.at[i]) == NULL))
            return false;
    }
    return s.len != 0 && s.len <= WEFT__BOUNDARY_MAX && s.at[s.len - 1] != ' ';
}

bool weft__multipart_begin(weft__multipart *parser, weft_str boundary, char *head, size_t head_size)
{
    if (!is_boundary(boundary))
        return false;
    *parser = (weft__multipart){.head = head,
                                .head_size = head_size,
                                .matched = 2, /* a line has ended, as it were */
                                .len = boundary.len + 4};
    memcpy(parser->delimiter, "\r\n--", 4);
    memcpy(parser->delimiter + 4, boundary.at, boundary.len);
    return true;
}

static weft__multipart_event fail(weft__multipart *parser, const char *reason)
{
    parser->reason = reason;
    return WEFT__MULTIPART_BAD;
}

/* ---- delimiters ------------------------------------------------------------------------------ */

typedef enum matching { MATCHING, IS_NEXT, IS_LAST, IS_NONE, IS_PADDED } matching;

/* One byte behind what has matched of a delimiter and its tail. */
static matching match(weft__multipart *parser, char c)
{
    size_t at = parser->matched;
    if (at == parser->len && (c == ' ' || c == '\t'))
        return IS_PADDED;
    char wanted = at < parser->len    ? parser->delimiter[at]
                  : at == parser->len ? (c == '-' ? '-' : '\r')
                                      : (parser->delimiter[at - 1] == '-' ? '-' : '\n');
    if (c != wanted)
        return IS_NONE;
    parser->delimiter[at] = c;
    parser->matched++;
    if (at <= parser->len)
        return MATCHING;
    return c == '\n' ? IS_NEXT : IS_LAST;
}

/* A delimiter is complete: a part follows, or nothing. */
static weft__multipart_event turn(weft__multipart *parser, bool last)
{
    bool inside = parser->begun;
    parser->state = last ? WEFT__MULTIPART_AT_CLOSE : WEFT__MULTIPART_IN_HEAD;
    parser->begun = true;
    parser->matched = parser->assumed = parser->head_len = parser->line = 0;
    return inside ? WEFT__MULTIPART_ENDED : WEFT__MULTIPART_PARTIAL;
}

static const char padded[] = "a delimiter has spaces behind it";

/* Goes on with what may be a delimiter, byte by byte; what turns out to be none is content. */
static weft__multipart_event take_delimiter(weft__multipart *parser, const char *at, size_t len,
                                            size_t *used, weft_str *data)
{
    while (*used < len) {
        switch (match(parser, at[*used])) {
        case MATCHING: ++*used; break;
        case IS_NEXT: ++*used; return turn(parser, false);
        case IS_LAST: ++*used; return turn(parser, true);
        case IS_PADDED: return fail(parser, padded);
        case IS_NONE:
            *data = (weft_str){parser->delimiter + parser->assumed,
                               parser->matched - parser->assumed};
            parser->matched = parser->assumed = 0;
            return data->len != 0 ? WEFT__MULTIPART_DATA : WEFT__MULTIPART_PARTIAL;
        }
    }
    return WEFT__MULTIPART_PARTIAL;
}

/* ---- before the first part ------------------------------------------------------------------- */

static weft__multipart_event take_start(weft__multipart *parser, char c, size_t *used)
{
    if (parser->state == WEFT__MULTIPART_AT_LINE) {
        parser->state = WEFT__MULTIPART_AT_START;
        ++*used;
        return c == '\n' ? WEFT__MULTIPART_PARTIAL : fail(parser, "a CR stands alone");
    }
    if (parser->matched == 2 && c == '\r') {
        parser->state = WEFT__MULTIPART_AT_LINE;
        ++*used;
        return WEFT__MULTIPART_PARTIAL;
    }
    matching result = match(parser, c);
    if (result == IS_PADDED)
        return fail(parser, padded);
    if (result == IS_NONE)
        return fail(parser, "it does not begin with the delimiter that the boundary makes");
    ++*used;
    return result == MATCHING ? WEFT__MULTIPART_PARTIAL : turn(parser, result == IS_LAST);
}

/* ---- parts ----------------------------------------------------------------------------------- */

static weft__multipart_event take_head(weft__multipart *parser, char c, size_t *used)
{
    if (parser->head_len == parser->head_size)
        return fail(parser, NULL);
    parser->head[parser->head_len++] = c;
    ++*used;
    if (c != '\n')
        return WEFT__MULTIPART_PARTIAL;
    size_t len = parser->head_len - parser->line;
    if (len < 2 || parser->head[parser->head_len - 2] != '\r')
        return fail(parser, "a line of a part's head does not end in CR LF");
    parser->line = parser->head_len;
    if (len != 2)
        return WEFT__MULTIPART_PARTIAL;
    parser->state = WEFT__MULTIPART_IN_CONTENT;
    parser->matched = parser->assumed = 2; /* a part without content may lack its CR LF */
    return WEFT__MULTIPART_PART;
}

/* How many bytes are content for sure: up to a CR that a delimiter may begin with. */
static size_t plain(const weft__multipart *parser, const char *at, size_t len)
{
    size_t from = 0;
    for (;;) {
        const char *cr = memchr(at + from, '\r', len - from);
        if (cr == NULL)
            return len;
        size_t left = len - (size_t)(cr - at);
        if (memcmp(cr, parser->delimiter, left < parser->len ? left : parser->len) == 0)
            return len - left;
        from = len - left + 1; /* not the last byte: that CR would have begun a delimiter */
    }
}

static weft__multipart_event take_content(weft__multipart *parser, const char *at, size_t len,
                                          size_t *used, weft_str *data)
{
    size_t sure = parser->matched == 0 ? plain(parser, at, len) : 0;
    if (sure == 0)
        return take_delimiter(parser, at, len, used, data);
    *data = (weft_str){at, sure};
    *used = sure;
    return WEFT__MULTIPART_DATA;
}

/* ---- behind the last ------------------------------------------------------------------------- */

static weft__multipart_event take_close(weft__multipart *parser, char c, size_t *used)
{
    bool cr = parser->state == WEFT__MULTIPART_AT_CLOSE;
    if (c != (cr ? '\r' : '\n'))
        return fail(parser, "the last delimiter has something behind it");
    parser->state = cr ? WEFT__MULTIPART_AT_LF : WEFT__MULTIPART_DONE;
    ++*used;
    return WEFT__MULTIPART_PARTIAL;
}

weft__multipart_event weft__multipart_take(weft__multipart *parser, const char *at, size_t len,
                                           size_t *used, weft_str *data)
{
    weft__multipart_event event = WEFT__MULTIPART_PARTIAL;
    *used = 0;
    while (event == WEFT__MULTIPART_PARTIAL && *used < len) {
        switch (parser->state) {
        case WEFT__MULTIPART_AT_START:
        case WEFT__MULTIPART_AT_LINE: event = take_start(parser, at[*used], used); break;
        case WEFT__MULTIPART_IN_HEAD: event = take_head(parser, at[*used], used); break;
        case WEFT__MULTIPART_IN_CONTENT: {
            size_t more = 0;
            event = take_content(parser, at + *used, len - *used, &more, data);
            *used += more;
            break;
        }
        case WEFT__MULTIPART_AT_CLOSE:
        case WEFT__MULTIPART_AT_LF: event = take_close(parser, at[*used], used); break;
        case WEFT__MULTIPART_DONE: *used = len; break;
        }
    }
    return event;
}

bool weft__multipart_complete(const weft__multipart *parser)
{
    return parser->state >= WEFT__MULTIPART_AT_CLOSE;
}
